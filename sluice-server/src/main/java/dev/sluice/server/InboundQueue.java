package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from an event loop to a thread that blocks for them.
 *
 * <p>Bounded: {@link #offer} says when the limit is reached, the loop then stops reading, and the
 * reader calls it back when half of the bytes are gone.
 *
 * <p>Thread safety: the loop offers, ends and fails; one thread reads; any thread may discard. The
 * lock is held to hand over and to copy, never over I/O.
 */
final class InboundQueue {
  private static final int CHUNK_OVERHEAD_BYTES = 256;
  private static final int PIECE_BYTES = 2 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<ByteBuf> chunks = new ArrayDeque<>(2);
  private final int bytesMax;
  private final int reportBytes;
  private final Runnable resume;

  private int bytes;
  private int consumed;
  private boolean paused;
  private boolean ended;
  private boolean discarded;
  private @Nullable Supplier<IOException> failure;

  /**
   * An empty queue.
   *
   * @param bytesMax from how many bytes on {@link #offer} asks for a pause
   * @param resume called by the reader's thread when a pause may end
   */
  InboundQueue(int bytesMax, Runnable resume) {
    this(bytesMax, Integer.MAX_VALUE, resume);
  }

  /**
   * An empty queue, whose loop wants to know how much was read.
   *
   * @param reportBytes the reader's thread calls back each time that so many bytes were read
   */
  InboundQueue(int bytesMax, int reportBytes, Runnable resume) {
    this.bytesMax = bytesMax;
    this.reportBytes = reportBytes;
    this.resume = resume;
  }

  /** How many bytes were read since this was asked last. */
  int takeConsumed() {
    lock.lock();
    try {
      int count = consumed;
      consumed = 0;
      return count;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a copy of some bytes: together with those before them, so that small pieces cost no more
   * than large ones.
   *
   * @return whether they are kept
   */
  boolean offerCopy(ByteBuf piece) {
    lock.lock();
    try {
      if (discarded) {
        return false;
      }
      bytes += piece.readableBytes();
      ByteBuf last = chunks.peekLast();
      if (last != null && last.isWritable()) {
        last.writeBytes(piece, Math.min(piece.readableBytes(), last.writableBytes()));
      }
      if (piece.isReadable()) {
        int size = Math.max(piece.readableBytes(), PIECE_BYTES);
        chunks.add(Unpooled.buffer(size, size).writeBytes(piece));
      }
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes over a buffer and its reference.
   *
   * @return whether the loop should stop reading until it is called back
   */
  boolean offer(ByteBuf chunk) {
    lock.lock();
    try {
      if (discarded || !chunk.isReadable()) {
        chunk.release();
        return false;
      }
      chunks.add(chunk);
      bytes += chunk.readableBytes();
      changed.signalAll();
      paused = held() >= bytesMax;
      return paused;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads fail from now on, once the bytes that are here have been read. The first call decides.
   */
  void fail(Supplier<IOException> exception) {
    lock.lock();
    try {
      if (failure == null && !ended) {
        failure = exception;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of all bytes, those to come too; a reader that was not at the end fails. */
  void discard() {
    lock.lock();
    try {
      discarded = true;
      if (failure == null && !(ended && chunks.isEmpty())) {
        failure = () -> new IOException("the exchange is over: its bytes cannot be read any more");
      }
      chunks.forEach(ByteBuf::release);
      chunks.clear();
      bytes = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Goes on after {@link #end}: what comes behind a request body, once the connection is raw. */
  void reopen() {
    lock.lock();
    try {
      ended = false;
    } finally {
      lock.unlock();
    }
  }

  /** Whether all bytes have come and have been read. */
  boolean drained() {
    lock.lock();
    try {
      return ended && chunks.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes can be read without waiting. */
  int available() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for bytes and copies what is there.
   *
   * @param length more than 0
   * @param patienceNanos how long to wait at the most; negative if that has passed already
   * @return how many, or -1 at the end
   * @throws SocketTimeoutException if it had to wait for longer
   * @throws InterruptedException if it was interrupted while it waited
   */
  int read(byte[] target, int offset, int length, long patienceNanos)
      throws IOException, InterruptedException {
    boolean mayResume;
    int count;
    lock.lock();
    try {
      long left = patienceNanos;
      while (chunks.isEmpty()) {
        if (failure != null) {
          throw failure.get();
        }
        if (ended) {
          return -1;
        }
        if (left <= 0) {
          throw new SocketTimeoutException("no bytes in time");
        }
        left = changed.awaitNanos(left);
      }
      count = copy(target, offset, length);
      boolean report = consumed < reportBytes && consumed + count >= reportBytes;
      consumed += count;
      mayResume = report || (paused && held() <= bytesMax / 2);
      if (mayResume) {
        paused = false;
      }
    } finally {
      lock.unlock();
    }
    if (mayResume) {
      resume.run();
    }
    return count;
  }

  /** What is held for the bytes: a byte on its own costs as much as a few hundred together. */
  private int held() {
    return bytes + chunks.size() * CHUNK_OVERHEAD_BYTES;
  }

  private int copy(byte[] target, int offset, int length) {
    int copied = 0;
    while (copied < length && !chunks.isEmpty()) {
      ByteBuf chunk = chunks.element();
      int part = Math.min(length - copied, chunk.readableBytes());
      chunk.readBytes(target, offset + copied, part);
      copied += part;
      if (!chunk.isReadable()) {
        chunks.remove().release();
      }
    }
    bytes -= copied;
    return copied;
  }

  /** The interrupt of a reader that may throw IOException only: the flag is kept. */
  static java.io.InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new java.io.InterruptedIOException("interrupted while waiting for the client's bytes");
  }
}
