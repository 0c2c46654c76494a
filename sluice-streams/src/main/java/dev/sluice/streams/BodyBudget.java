package dev.sluice.streams;

import dev.sluice.RequestException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what request bodies take of memory together.
 *
 * <p>Bodies take as much as they grow. When all is taken, one of those that want more gets it
 * nevertheless, so that it can finish and give back what it has: bodies that wait for one another
 * would wait for ever.
 *
 * <p>Thread safety: all methods.
 */
final class BodyBudget {
  /** What a body has before it asks: no more than the thread that reads it. */
  static final int FREE_BYTES = 4 * 1024;

  private static final int PART_OF_HEAP = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();
  private final Duration patience;
  private final long bytes;
  private long left;
  private @Nullable Share favoured;

  /** An eighth of the heap. */
  BodyBudget() {
    this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP, PATIENCE);
  }

  /**
   * A budget.
   *
   * @param bytes how many there are
   * @param patience how long a body waits for more
   */
  BodyBudget(long bytes, Duration patience) {
    this.bytes = bytes;
    this.left = bytes;
    this.patience = patience;
  }

  /**
   * How many bytes one body may have, whatever else limits it: half of all. One that is favoured
   * takes so many beyond them, and as many again for its messages, if it is JSON.
   */
  int bodyBytesMax() {
    return (int) Math.min(Integer.MAX_VALUE - FREE_BYTES, bytes / 2);
  }

  /** How many bytes are not taken. */
  long left() {
    lock.lock();
    try {
      return left;
    } finally {
      lock.unlock();
    }
  }

  /** A share for one body, which has taken nothing yet. */
  Share share() {
    return new Share();
  }

  /**
   * What one body has of it.
   *
   * <p>Thread: the body's.
   */
  final class Share implements AutoCloseable {
    private long taken;

    /**
     * Takes more, and waits for it if others have too much.
     *
     * @throws RequestException if it takes too long (503)
     */
    void take(int wanted) throws RequestException, InterruptedIOException {
      lock.lock();
      try {
        long nanos = patience.toNanos();
        while (left < wanted && favoured != null && favoured != this) {
          if (nanos <= 0) {
            throw new RequestException(
                503, "too many large bodies at the same time; send it again");
          }
          nanos = changed.awaitNanos(nanos);
        }
        if (left < wanted) {
          favoured = this;
        }
        left -= wanted; // of the one that is favoured, below zero
        taken += wanted;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted before the body was read");
      } finally {
        lock.unlock();
      }
    }

    /** Gives back what was taken. */
    @Override
    public void close() {
      if (taken == 0) {
        return; // as nearly always
      }
      lock.lock();
      try {
        left += taken;
        taken = 0;
        favoured = favoured == this ? null : favoured;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
