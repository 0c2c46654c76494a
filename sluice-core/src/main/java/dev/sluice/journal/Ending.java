package dev.sluice.journal;

import org.jspecify.annotations.Nullable;

/**
 * How the source of a closed journal ended.
 *
 * @param status exit status of a command, 128+n for signal n; null if it held no command
 * @param signal name of the signal that ended it ({@code TERM}), or null
 */
public record Ending(@Nullable Integer status, @Nullable String signal) {
  /** The end of a source that has no status. */
  public static final Ending PLAIN = new Ending(null, null);
}
