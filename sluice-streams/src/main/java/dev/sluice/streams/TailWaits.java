package dev.sluice.streams;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets threads wait until a journal goes on. However many there are, an append costs its writer one
 * hand-over at most, and no thread has a timer of its own: one looks after the times of all.
 *
 * <p>Thread safety: all methods.
 */
final class TailWaits {
  private static final Duration LOOK_EVERY_MAX = Duration.ofMillis(100);
  private static final int LOOKS_PER_TIMEOUT = 20;

  private final Duration timeout;
  private final Duration lookEvery;
  private final ConcurrentHashMap<Journal, Waiters> byJournal = new ConcurrentHashMap<>();
  private final AtomicBoolean looking = new AtomicBoolean();

  /**
   * Waits of some length.
   *
   * @param timeout how long one takes at most, and a little more
   */
  TailWaits(Duration timeout) {
    this.timeout = timeout;
    Duration part = timeout.dividedBy(LOOKS_PER_TIMEOUT).plusMillis(1);
    this.lookEvery = part.compareTo(LOOK_EVERY_MAX) < 0 ? part : LOOK_EVERY_MAX;
  }

  /** When a wait ends that begins now, in the time of {@link System#nanoTime}. */
  long deadline() {
    return System.nanoTime() + timeout.toNanos();
  }

  /**
   * Waits until a journal ends elsewhere than at a position, is closed, abandoned, or deleted.
   *
   * @return whether it did, or is, before the deadline
   * @throws InterruptedIOException if the thread is interrupted; it stays so
   */
  boolean awaitBeyond(Journal journal, long position, long deadline) throws InterruptedIOException {
    var waiter = new Waiter(Thread.currentThread(), deadline);
    Waiters waiters = join(journal, waiter);
    try {
      look();
      while (!waiters.armAndSee(position)) {
        if (waiter.isOver(System.nanoTime())) {
          return false;
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("interrupted while waiting for " + journal);
        }
        LockSupport.park(this);
      }
      return true;
    } finally {
      leave(journal, waiter);
    }
  }

  /** Whether nobody waits. */
  boolean isIdle() {
    return byJournal.isEmpty();
  }

  private Waiters join(Journal journal, Waiter waiter) {
    return byJournal.compute(
        journal,
        (one, there) -> {
          Waiters all = there == null ? new Waiters(one) : there;
          all.waiting.add(waiter);
          return all;
        });
  }

  private void leave(Journal journal, Waiter waiter) {
    var _ = byJournal.computeIfPresent(journal, (one, there) -> there.without(waiter));
  }

  /** Has somebody look after the times, as long as there is anybody who waits. */
  private void look() {
    if (!looking.get() && looking.compareAndSet(false, true)) {
      Thread.ofVirtual().name("sluice-long-polls").start(this::lookOn);
    }
  }

  private void lookOn() {
    try {
      while (!byJournal.isEmpty()) {
        LockSupport.parkNanos(lookEvery.toNanos());
        long now = System.nanoTime();
        for (Waiters waiters : byJournal.values()) {
          waiters.wakeThoseOver(now);
        }
      }
    } finally {
      looking.set(false);
    }
    if (!byJournal.isEmpty()) { // somebody came meanwhile, and saw that it was looked after
      look();
    }
  }

  /** One who waits. */
  private record Waiter(Thread thread, long deadline) {
    boolean isOver(long now) {
      return now - deadline >= 0;
    }
  }

  /** Those who wait for one journal. */
  private static final class Waiters {
    private final Journal journal;
    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean armed = new AtomicBoolean();
    private final Runnable unwatch;

    private Waiters(Journal journal) {
      this.journal = journal;
      this.unwatch = journal.watch(this::wake);
    }

    /** This, or null if nobody is left. */
    private @Nullable Waiters without(Waiter waiter) {
      waiting.remove(waiter);
      if (!waiting.isEmpty()) {
        return this;
      }
      unwatch.run();
      return null;
    }

    /** On the writer's thread. */
    private void wake() {
      if (armed.compareAndSet(true, false)) {
        Thread.startVirtualThread(this::wakeAll);
      }
    }

    private void wakeAll() {
      for (Waiter waiter : waiting) {
        LockSupport.unpark(waiter.thread());
      }
    }

    private void wakeThoseOver(long now) {
      for (Waiter waiter : waiting) {
        if (waiter.isOver(now)) {
          LockSupport.unpark(waiter.thread());
        }
      }
    }

    /** Arms first, and then looks: what comes in between is told once more. */
    private boolean armAndSee(long position) {
      if (!armed.get()) {
        armed.set(true);
      }
      Ending ending = journal.ending();
      return ending != null
          || journal.deleted()
          || journal.abandoned()
          || journal.tail().position() != position;
    }
  }
}
