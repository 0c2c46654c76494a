package dev.sluice.process;

import org.jspecify.annotations.Nullable;

/**
 * How a command ended.
 *
 * @param status as a shell gives it: the command's own, 0 to 255, or 128+n if signal n ended it
 * @param signal the name of the signal that ended it, such as {@code TERM}; null if none did: a
 *     command that exits with 143 of its own will was not ended by TERM
 */
public record Exit(int status, @Nullable String signal) {
  private static final int SIGNAL_STATUS = 128;

  /** By number, as on every processor that the JDK runs on under Linux. */
  private static final String[] SIGNALS =
      ("0 HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT "
              + "STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")
          .split(" ", -1);

  private static final int FIRST_REALTIME = 34;

  static Exit ofStatus(int status) {
    return new Exit(status, null);
  }

  static Exit ofSignal(int number) {
    return new Exit(SIGNAL_STATUS + number, name(number));
  }

  private static String name(int number) {
    if (number < SIGNALS.length) {
      return SIGNALS[number];
    }
    return number < FIRST_REALTIME ? "SIG" + number : "RTMIN+" + (number - FIRST_REALTIME);
  }
}
