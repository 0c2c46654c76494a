package dev.sluice.journal;

import org.jspecify.annotations.Nullable;

/**
 * How the source of a closed journal ended.
 *
 * @param status exit status of a command, 128+n for signal n; null if it held no command
 * @param signal name of the signal that ended it ({@code TERM}), or null
 */
public record Ending(@Nullable Integer status, @Nullable String signal) {
  private static final int SIGNAL_LENGTH_MAX = 32;

  /** Checks that the signal is a name. */
  public Ending {
    if (signal != null && (signal.isEmpty() || signal.length() > SIGNAL_LENGTH_MAX)) {
      throw new IllegalArgumentException("not the name of a signal: " + signal);
    }
  }

  /** The end of a source that has no status. */
  public static final Ending PLAIN = new Ending(null, null);
}
