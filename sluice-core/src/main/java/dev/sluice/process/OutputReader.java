package dev.sluice.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads both outputs of a command on one platform thread, and gives them to the sink.
 *
 * <p>It ends when both are at their end, that is when nobody has them open any more; or, once
 * {@link #stopWhenEmpty} was called, when they are empty: a process that could not be ended may
 * hold them open for ever.
 *
 * <p>Thread safety: all methods. The files belong to the thread.
 */
final class OutputReader {
  private static final int BUFFER_BYTES = 64 * 1024;

  /** What two pipes hold; what is more than that was written after the end of the command. */
  private static final int REST_BYTES_MAX = 2 * 1024 * 1024;

  private static final Output.Kind[] KINDS = Output.Kind.values();
  private static final int STOP = KINDS.length;

  private final Descriptor[] pipes;
  private final Descriptor stop;
  private final OutputSink sink;
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;
  private boolean stopIsOpen = true;

  OutputReader(Descriptor output, Descriptor error, OutputSink sink) throws IOException {
    this.pipes = new Descriptor[] {output, error};
    this.stop = Descriptor.openEventCounter();
    this.sink = sink;
  }

  /** Reads on this thread, until the end. */
  void run() {
    try (Arena arena = Arena.ofConfined()) {
      forward(arena);
    } catch (Throwable e) {
      failure = e;
    } finally {
      close();
      finished.countDown();
    }
  }

  private void forward(Arena arena) throws IOException {
    MemorySegment buffer = arena.allocate(BUFFER_BYTES);
    Poll poll = new Poll(arena, KINDS.length + 1);
    for (int i = 0; i < KINDS.length; i++) {
      poll.watchRead(i, pipes[i].number());
    }
    poll.watchRead(STOP, stop.number());
    int open = KINDS.length;
    int rest = Integer.MAX_VALUE;
    boolean stopping = false;
    while (open > 0 && rest > 0 && (poll.await(stopping ? 0 : Poll.FOREVER) || !stopping)) {
      if (poll.isReady(STOP)) {
        poll.forget(STOP);
        stopping = true;
        rest = REST_BYTES_MAX;
      }
      for (int i = 0; i < KINDS.length; i++) {
        if (poll.isReady(i)) {
          int read = deliver(i, buffer);
          rest -= stopping ? read : 0;
          if (read == 0) {
            poll.forget(i);
            open--;
          }
        }
      }
    }
  }

  /** Reads once, which does not block, and delivers; 0 at the end. */
  private int deliver(int index, MemorySegment buffer) throws IOException {
    int read = Libc.read(pipes[index].number(), buffer);
    if (read < 0) {
      throw Libc.failure("reading the command's output", read);
    }
    if (read > 0) {
      var bytes = buffer.asSlice(0, read).asByteBuffer().asReadOnlyBuffer();
      sink.accept(new Output(KINDS[index], Instant.now(), bytes));
    }
    return read;
  }

  /** From now on there is nothing to wait for: ends it when it has read what is there. */
  synchronized void stopWhenEmpty() {
    if (stopIsOpen) {
      try (Arena arena = Arena.ofConfined()) {
        var _ = Libc.write(stop.number(), arena.allocateFrom(ValueLayout.JAVA_LONG, 1));
      }
    }
  }

  /** Whether the sink has had everything, or has failed. */
  boolean hasFinished() {
    return finished.getCount() == 0;
  }

  /** Waits until the sink has had everything. */
  void await() throws IOException, InterruptedException {
    finished.await();
    throwFailure();
  }

  /** Waits likewise, for a time; whether the sink has had everything. */
  boolean await(Duration timeout) throws IOException, InterruptedException {
    boolean ended = finished.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    throwFailure();
    return ended;
  }

  private void throwFailure() throws IOException {
    Throwable first = failure;
    if (first != null) {
      throw new IOException("the command's output could not be delivered: " + first, first);
    }
  }

  /** Closes the files, when there is no thread that reads. */
  synchronized void close() {
    stopIsOpen = false;
    stop.close();
    for (Descriptor pipe : pipes) {
      pipe.close();
    }
  }
}
