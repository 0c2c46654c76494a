package dev.sluice.server;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Lets other virtual threads run: they are not time-sliced, and a handler whose client always keeps
 * up never blocks.
 *
 * <p>A thread that flushes again within {@link #PAUSE_NANOS} is taken to have run all the time, and
 * makes way after a millisecond of that. A longer pause was most likely spent parked, which let
 * others run; as it may have been spent computing, the thread makes way all the same if a handler
 * is waiting to begin.
 *
 * <p>Thread safety: one thread at a time.
 */
final class FairYield {
  private static final long PAUSE_NANOS = 500_000;
  private static final long RUN_NANOS = 1_000_000;

  private final Executor loops;
  private final BooleanSupplier othersWait;
  private long runStart = System.nanoTime();
  private long lastFlush = runStart;
  private volatile boolean woken;

  /**
   * Begins to count.
   *
   * @param loops the event loops, in turn
   * @param othersWait whether a handler is waiting to begin
   */
  FairYield(Executor loops, BooleanSupplier othersWait) {
    this.loops = loops;
    this.othersWait = othersWait;
  }

  void stepped() {
    long now = System.nanoTime();
    boolean paused = now - lastFlush > PAUSE_NANOS;
    if (paused ? othersWait.getAsBoolean() : now - runStart > RUN_NANOS) {
      makeWay();
      now = System.nanoTime();
      runStart = now;
    } else if (paused) {
      runStart = now;
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
