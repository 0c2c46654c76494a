package dev.sluice.process;

import java.time.Duration;

/**
 * How patiently a command is ended. Immutable; each {@code with} returns a changed copy.
 *
 * @param afterInputClosed how long a command that has a pipe as its standard input may take to end
 *     once that is closed; then INT is sent
 * @param afterInterrupt how long the command may take after INT; then TERM is sent to all that is
 *     left. If the command ends sooner, what it left behind gets TERM at once.
 * @param afterTerminate how long all of them may take after TERM; then KILL is sent
 * @param afterKill how long the system may take after KILL before it is an error
 */
public record EndOptions(
    Duration afterInputClosed,
    Duration afterInterrupt,
    Duration afterTerminate,
    Duration afterKill) {

  /** Checks that no wait is negative. */
  public EndOptions {
    check(afterInputClosed);
    check(afterInterrupt);
    check(afterTerminate);
    check(afterKill);
  }

  /** 250 ms after the input was closed, 5 s after INT, 2 s after TERM, 5 s after KILL. */
  public static EndOptions defaults() {
    return new EndOptions(
        Duration.ofMillis(250),
        Duration.ofSeconds(5),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5));
  }

  /** The same with another wait between closing the input and INT. */
  public EndOptions withAfterInputClosed(Duration wait) {
    return new EndOptions(wait, afterInterrupt, afterTerminate, afterKill);
  }

  /** The same with another wait between INT and TERM. */
  public EndOptions withAfterInterrupt(Duration wait) {
    return new EndOptions(afterInputClosed, wait, afterTerminate, afterKill);
  }

  /** The same with another wait between TERM and KILL. */
  public EndOptions withAfterTerminate(Duration wait) {
    return new EndOptions(afterInputClosed, afterInterrupt, wait, afterKill);
  }

  /** The same with another wait between KILL and giving up. */
  public EndOptions withAfterKill(Duration wait) {
    return new EndOptions(afterInputClosed, afterInterrupt, afterTerminate, wait);
  }

  private static void check(Duration wait) {
    if (wait.isNegative()) {
      throw new IllegalArgumentException("a wait is negative: " + wait);
    }
  }
}
