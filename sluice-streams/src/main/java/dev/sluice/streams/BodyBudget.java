package dev.sluice.streams;

import dev.sluice.RequestException;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds what large request bodies take of memory together. Small ones are bounded by the number of
 * connections.
 *
 * <p>Thread safety: all methods.
 */
final class BodyBudget {
  private static final int UNIT_BYTES = 1024;
  private static final int PART_OF_HEAP = 8;
  private static final int PATIENCE_SECONDS = 10;

  private final Semaphore left;

  /**
   * A budget: an eighth of the heap, and at least four of the largest bodies.
   *
   * @param bodyBytesMax how large one may be
   */
  BodyBudget(int bodyBytesMax) {
    long bytes = Math.max(4L * bodyBytesMax, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    this.left = new Semaphore((int) Math.min(Integer.MAX_VALUE, bytes / UNIT_BYTES), true);
  }

  /** A share for one body, which has taken nothing yet. */
  Share share() {
    return new Share();
  }

  /**
   * What one body has of it: so much as has come, so that a slow one holds little.
   *
   * <p>Thread: the body's.
   */
  final class Share implements AutoCloseable {
    private int taken;

    /**
     * Takes more, and waits for it if others have too much.
     *
     * @throws RequestException if it takes too long (503)
     */
    void take(int bytes) throws RequestException, InterruptedIOException {
      int wanted = bytes / UNIT_BYTES;
      try {
        if (!left.tryAcquire(wanted, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new RequestException(503, "too many large bodies at the same time; send it again");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted before the body was read");
      }
      taken += wanted;
    }

    /** Gives back what was taken. */
    @Override
    public void close() {
      left.release(taken);
    }
  }
}
