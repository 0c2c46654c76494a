package dev.sluice.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * The writing end of a command's standard input. The lock is held for calls that do not block, so
 * that it can be closed while a writer waits for the command to read.
 *
 * <p>Thread safety: all methods; bytes of writers at the same time are mixed.
 */
final class InputPipe extends OutputStream {
  private static final int CHUNK_BYTES = 64 * 1024;

  /** How soon a writer that waits sees that it was closed, or its thread interrupted. */
  private static final int LOOK_MILLIS = 100;

  private final Descriptor pipe;
  private boolean closed;

  InputPipe(Descriptor pipe) throws IOException {
    this.pipe = pipe;
    int result = Libc.doNotBlockWrites(pipe.number());
    if (result < 0) {
      throw Libc.failure("fcntl", result);
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.clamp(length, 1, CHUNK_BYTES));
      for (int done = 0; done < length; ) {
        int n = Math.min(CHUNK_BYTES, length - done);
        MemorySegment.copy(bytes, offset + done, buffer, ValueLayout.JAVA_BYTE, 0, n);
        writeAll(arena, buffer.asSlice(0, n));
        done += n;
      }
    }
  }

  private void writeAll(Arena arena, MemorySegment bytes) throws IOException {
    Poll poll = new Poll(arena, 1);
    poll.watchWrite(0, pipe.number());
    for (long done = 0; done < bytes.byteSize(); ) {
      int n = writeSome(bytes.asSlice(done));
      done += n;
      if (n == 0) {
        // Should the pipe be closed meanwhile, its number may be another file's. Then this look
        // was for nothing; the next write says so.
        poll.await(LOOK_MILLIS);
        if (Thread.interrupted()) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while the command read nothing");
        }
      }
    }
  }

  private synchronized int writeSome(MemorySegment bytes) throws IOException {
    if (closed) {
      throw new IOException("the command's standard input is closed");
    }
    int result = Libc.write(pipe.number(), bytes);
    if (result == -Libc.EPIPE) {
      throw new IOException("Broken pipe: the command has closed its standard input");
    }
    if (result < 0 && result != -Libc.EAGAIN) {
      throw Libc.failure("writing to the command's standard input", result);
    }
    return Math.max(0, result);
  }

  @Override
  public synchronized void close() {
    closed = true;
    pipe.close();
  }
}
