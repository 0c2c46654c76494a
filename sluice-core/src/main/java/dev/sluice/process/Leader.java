package dev.sluice.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The process that was started. When it has ended it is left unreaped until nothing else of the
 * command is there: so long its number is not given to anybody else, as a process or as a group,
 * and signals cannot reach strangers.
 *
 * <p>Thread safety: all methods.
 */
final class Leader {
  private static final int P_PID = 1;
  private static final int WEXITED = 0x4;
  private static final int WNOWAIT = 0x100_0000;
  private static final int SIGINFO_BYTES = 128;
  private static final int SIGINFO_CODE = 8;
  private static final int SIGINFO_STATUS = 24;
  private static final int CLD_EXITED = 1;

  private final int id;
  private final CountDownLatch exited = new CountDownLatch(1);
  private volatile @Nullable Exit exit;
  private boolean reaped;

  Leader(int id) {
    this.id = id;
  }

  int id() {
    return id;
  }

  /** Waits for the process on this thread, and tells the others. */
  void watch() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
      int result = Libc.waitid(P_PID, id, info, WEXITED | WNOWAIT);
      if (result == 0) {
        int status = info.get(ValueLayout.JAVA_INT, SIGINFO_STATUS);
        boolean byItself = info.get(ValueLayout.JAVA_INT, SIGINFO_CODE) == CLD_EXITED;
        exit = byItself ? Exit.ofStatus(status) : Exit.ofSignal(status);
      }
    } finally {
      exited.countDown();
    }
  }

  boolean hasExited() {
    return exited.getCount() == 0;
  }

  /** How it ended; null if it has not. */
  @Nullable Exit exit() {
    return exit;
  }

  Exit await() throws InterruptedException {
    exited.await();
    Exit known = exit;
    if (known == null) {
      throw new IllegalStateException(
          "process " + id + " was waited for by somebody else, who knows how it ended");
    }
    return known;
  }

  boolean await(Duration timeout) throws InterruptedException {
    return exited.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Sends a signal to the group; false if it has gone. */
  synchronized boolean signalGroup(int signal) {
    return !reaped && Libc.kill(-id, signal) >= 0;
  }

  synchronized boolean isReaped() {
    return reaped;
  }

  /** Gives the number back. It has exited. */
  synchronized void reap() {
    if (!reaped) {
      reaped = true;
      reap(id);
    }
  }

  /** Waits for the end of a child, of which nothing is to be known. */
  static void reap(int child) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
      var _ = Libc.waitid(P_PID, child, info, WEXITED);
    }
  }
}
