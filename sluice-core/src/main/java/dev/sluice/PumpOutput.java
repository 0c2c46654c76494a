package dev.sluice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A response as the threads of one pump use it: one at a time, and not at all once it is shut.
 *
 * <p>Its lock is held over the response's I/O, since two of these threads would otherwise overlap
 * on it: the one that copies and the one that flushes by the clock.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class PumpOutput {
  private final Response response;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean shut;

  /** At first the head waits to be flushed. */
  private boolean unflushed = true;

  private long unflushedSinceNanos;
  private volatile long bytesWritten;

  PumpOutput(Response response) {
    this.response = response;
  }

  boolean flushable() {
    return response.supports(Feature.FLUSH);
  }

  long bytesWritten() {
    return bytesWritten;
  }

  /**
   * Writes what remains in the buffer.
   *
   * @return false if the output is shut, and nothing was written
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // the lock is held
  boolean write(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    lock.lock();
    try {
      if (shut || count == 0) {
        return !shut;
      }
      response.write(bytes);
      bytesWritten += count;
      if (!unflushed) {
        unflushed = true;
        unflushedSinceNanos = System.nanoTime();
        changed.signalAll();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Flushes what was written since the last flush. */
  void flush() throws IOException {
    lock.lock();
    try {
      if (unflushed && !shut) {
        response.flush();
        unflushed = false;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until written bytes have waited for an interval, and flushes them.
   *
   * @return false if the output was shut meanwhile
   */
  boolean flushWhenDue(Duration interval) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!shut) {
        long waitedNanos = System.nanoTime() - unflushedSinceNanos;
        if (!unflushed) {
          changed.await();
        } else if (waitedNanos < interval.toNanos()) {
          changed.awaitNanos(interval.toNanos() - waitedNanos);
        } else {
          flush();
          return true;
        }
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a write or flush under way; no other begins after it. */
  void shut() {
    lock.lock();
    try {
      shut = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
