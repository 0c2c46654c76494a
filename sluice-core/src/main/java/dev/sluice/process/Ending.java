package dev.sluice.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ends a command, once, on a thread of its own, so that nobody who waits can break it off:
 *
 * <pre>
 *     input closed ── wait ──▶ INT to the group ── wait ──▶ TERM to all ── wait ──▶ KILL to all
 * </pre>
 *
 * The first two waits are for the command itself; what it leaves behind has not been asked to end
 * before TERM. An interrupt of the thread leads to KILL at once. CONT goes with INT and TERM, as a
 * stopped process does not get them.
 *
 * <p>Thread safety: all methods.
 */
final class Ending {
  private static final Duration LOOK = Duration.ofMillis(10);

  private final Leader leader;
  private final Family family;
  private final @Nullable InputPipe input;
  private final Runnable onEnd;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile List<ProcessStat> survivors = List.of();
  private volatile @Nullable RuntimeException failure;
  private @Nullable Thread thread;

  /** Of a command, with what is to be done when nothing of it is left. */
  Ending(Leader leader, Family family, @Nullable InputPipe input, Runnable onEnd) {
    this.leader = leader;
    this.family = family;
    this.input = input;
    this.onEnd = onEnd;
  }

  /** Begins, if nobody has. */
  synchronized void begin(EndOptions options) {
    if (thread == null) {
      thread = startThread(() -> run(options, false));
    }
  }

  /** Begins with KILL, or goes on to it. */
  synchronized void kill(EndOptions options) {
    if (thread == null) {
      thread = startThread(() -> run(options, true));
    } else {
      thread.interrupt();
    }
  }

  private Thread startThread(Runnable task) {
    return Thread.ofPlatform().daemon().name("sluice-end-" + leader.id()).start(task);
  }

  /** Waits until it is done. */
  Exit await() throws InterruptedException, IOException {
    done.await();
    if (failure != null) {
      throw new IOException("the command could not be ended: " + failure, failure);
    }
    if (!survivors.isEmpty()) {
      throw new IOException(
          survivors.stream().map(ProcessStat::toString).collect(Collectors.joining(", "))
              + ": could not be ended: another user's, or held by the system; end it by hand");
    }
    return leader.await();
  }

  private void run(EndOptions options, boolean atOnce) {
    try {
      closeInput();
      if (atOnce || !endsWhenAsked(options)) {
        killAll(options.afterKill());
      }
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      onEnd.run();
      done.countDown();
    }
  }

  private void closeInput() {
    if (input != null) {
      input.close();
    }
  }

  private boolean endsWhenAsked(EndOptions options) {
    try {
      if (input != null) {
        var _ = leader.await(options.afterInputClosed());
      }
      if (!leader.hasExited()) {
        leader.signalGroup(GroupSignal.INT.number());
        leader.signalGroup(Libc.SIGCONT);
        var _ = leader.await(options.afterInterrupt());
      }
      List<ProcessStat> left = family.living();
      if (!left.isEmpty()) {
        signal(left, GroupSignal.TERM.number());
        signal(left, Libc.SIGCONT);
      }
      return isOverWithin(options.afterTerminate());
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** Kills again and again: a process that forks may do so between the look and the signal. */
  private void killAll(Duration patience) {
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    while (!isOver()) {
      if (System.nanoTime() > deadlineNanos) {
        survivors = family.living();
        return;
      }
      signal(family.living(), Libc.SIGKILL);
      try {
        Thread.sleep(LOOK);
      } catch (InterruptedException e) {
        // Already as fast as can be.
      }
    }
  }

  private void signal(List<ProcessStat> processes, int signal) {
    leader.signalGroup(signal);
    for (ProcessStat process : processes) {
      if (process.group() != leader.id()) {
        var _ = Libc.kill(process.id(), signal); // what cannot be signalled is seen to survive
      }
    }
  }

  private boolean isOverWithin(Duration patience) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    while (!isOver()) {
      if (System.nanoTime() > deadlineNanos) {
        return false;
      }
      Thread.sleep(LOOK);
    }
    return true;
  }

  private boolean isOver() {
    return leader.hasExited() && family.isGone();
  }
}
