package dev.sluice.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Patience with a server that cannot be reached: waits longer from time to time, and says once that
 * it waits and once that it goes on.
 *
 * <p>Thread safety: {@link #giveUp} may be called by any thread, the others by one.
 */
final class Retry {
  private static final long FIRST_MILLIS = 100;
  private static final long LAST_MILLIS = 2000;

  /** Something to be tried. */
  @FunctionalInterface
  interface Attempt {
    Answer send() throws IOException, InterruptedException;
  }

  private final String what;
  private final Consumer<String> say;
  private final CountDownLatch givenUp = new CountDownLatch(1);
  private boolean failing;
  private long sinceNanos;
  private long waitMillis;

  /**
   * A new one.
   *
   * @param what is tried, for people
   * @param say takes a line for people
   */
  Retry(String what, Consumer<String> say) {
    this.what = what;
    this.say = say;
  }

  /**
   * Tries until there is an answer that does not ask for another attempt.
   *
   * @param patience how long; null for ever
   * @throws CliException when that is over, or if another attempt changes nothing
   */
  Answer answer(Attempt attempt, @Nullable Duration patience)
      throws CliException, InterruptedException {
    while (true) {
      String why;
      try {
        Answer answer = attempt.send();
        if (!answer.isTransient()) {
          return answer;
        }
        why = answer.reason();
      } catch (IOException e) {
        TlsFailure.check(what, e);
        why = JournalClient.describe(e);
      }
      failed(why, patience);
    }
  }

  /**
   * It has failed; waits until it is time to try again.
   *
   * @param why it failed
   * @param patience how long it may go on failing; null for ever
   * @throws CliException if that is over
   */
  void failed(String why, @Nullable Duration patience) throws CliException, InterruptedException {
    long now = System.nanoTime();
    if (!failing) {
      failing = true;
      sinceNanos = now;
      waitMillis = FIRST_MILLIS;
      String howLong = patience == null ? "" : " for " + DurationText.format(patience);
      say.accept("sluice: %s: %s; trying again%s".formatted(what, why, howLong));
    }
    long pause = waitMillis;
    if (patience != null) {
      long leftMillis = patience.toMillis() - (now - sinceNanos) / 1_000_000;
      if (leftMillis <= 0) {
        throw new CliException(
            ExitStatus.FAILED,
            "%s: %s, for %s now".formatted(what, why, DurationText.format(patience)));
      }
      pause = Math.min(pause, leftMillis);
    }
    waitMillis = Math.min(2 * waitMillis, LAST_MILLIS);
    if (givenUp.await(pause, TimeUnit.MILLISECONDS)) {
      throw new CliException(ExitStatus.INTERRUPTED, what + ": " + why + ", and interrupted");
    }
  }

  /** It has succeeded. */
  void succeeded() {
    if (failing) {
      failing = false;
      say.accept("sluice: " + what + ": goes on");
    }
  }

  /** Ends the wait, this one and all that follow. */
  void giveUp() {
    givenUp.countDown();
  }
}
