package dev.sluice.server;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets other virtual threads run: they are not time-sliced, and a handler whose client always keeps
 * up never blocks.
 *
 * <p>A thread that flushes again within {@link #PAUSE_NANOS} is taken to have run all the time, and
 * yields after a millisecond of that. A longer pause was most likely spent parked, which let others
 * run; as it may have been spent computing, every ten milliseconds it yields all the same.
 *
 * <p>Thread safety: one thread at a time.
 */
final class FairYield {
  private static final long PAUSE_NANOS = 500_000;
  private static final long RUN_NANOS = 1_000_000;
  private static final long YIELD_AT_LEAST_NANOS = 10_000_000;

  private long runStart = System.nanoTime();
  private long lastFlush = runStart;
  private long lastYield = runStart;

  void flushed() {
    long now = System.nanoTime();
    if (now - lastFlush > PAUSE_NANOS) {
      runStart = now;
    }
    if (now - runStart > RUN_NANOS || now - lastYield > YIELD_AT_LEAST_NANOS) {
      letOthersRun();
      now = System.nanoTime();
      runStart = now;
      lastYield = now;
    }
    lastFlush = now;
  }

  /**
   * Parks for a moment. A mere yield would not do: with other virtual threads in the carrier's own
   * queue the JDK puts the thread back into that queue, and never looks at the outer one, where the
   * event loops put new handlers. A platform thread is time-sliced, and needs none of this.
   */
  @SuppressWarnings("ThreadPriorityCheck") // letting the scheduler choose is the point
  private static void letOthersRun() {
    if (!Thread.currentThread().isVirtual()) {
      return;
    }
    if (Thread.currentThread().isInterrupted()) {
      Thread.yield(); // an interrupted thread does not park
    } else {
      LockSupport.parkNanos(1);
    }
  }
}
