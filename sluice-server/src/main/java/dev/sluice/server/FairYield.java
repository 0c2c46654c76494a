package dev.sluice.server;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets other virtual threads run: they are not time-sliced, and a handler whose client always keeps
 * up never blocks.
 *
 * <p>A thread that flushes again within {@link #PAUSE_NANOS} is taken to have run all the time, and
 * makes way after a millisecond of that. A longer pause was most likely spent parked, which let
 * others run; as it may have been spent computing, every fifty milliseconds it makes way all the
 * same.
 *
 * <p>Thread safety: one thread at a time.
 */
final class FairYield {
  private static final long PAUSE_NANOS = 500_000;
  private static final long RUN_NANOS = 1_000_000;
  private static final long MAKE_WAY_AT_LEAST_NANOS = 50_000_000;

  private final Executor loops;
  private long runStart = System.nanoTime();
  private long lastFlush = runStart;
  private long madeWay = runStart;
  private volatile boolean woken;

  /**
   * Begins to count.
   *
   * @param loops the event loops, in turn
   */
  FairYield(Executor loops) {
    this.loops = loops;
  }

  void flushed() {
    long now = System.nanoTime();
    if (now - lastFlush > PAUSE_NANOS) {
      runStart = now;
    }
    if (now - runStart > RUN_NANOS || now - madeWay > MAKE_WAY_AT_LEAST_NANOS) {
      makeWay();
      now = System.nanoTime();
      runStart = now;
      madeWay = now;
    }
    lastFlush = now;
  }

  /**
   * Parks, and is woken by one event loop or another.
   *
   * <p>What a loop wakes or starts queues up behind what it woke before, and a carrier takes from
   * one queue as long as there is something in it. A thread that yields goes to the head of another
   * queue, that of its carrier, and so do all the others that yield: new handlers would wait for
   * ever. Here it queues up where they do; and since it comes back by another loop each time, no
   * loop's queue lasts. A platform thread is time-sliced, and needs none of this.
   */
  @SuppressWarnings("ThreadPriorityCheck") // letting the scheduler choose is the point
  private void makeWay() {
    Thread self = Thread.currentThread();
    if (!self.isVirtual()) {
      return;
    }
    woken = false;
    try {
      loops.execute(() -> {
        woken = true;
        LockSupport.unpark(self);
      });
    } catch (RejectedExecutionException e) {
      return; // the server has been shut down
    }
    while (!woken && !self.isInterrupted()) {
      LockSupport.park(this);
    }
    if (!woken) {
      Thread.yield(); // an interrupted thread does not park
    }
  }
}
