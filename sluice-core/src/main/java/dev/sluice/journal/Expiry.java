package dev.sluice.journal;

import java.time.Duration;
import java.time.Instant;

/** When a journal as a whole is deleted by itself. */
public sealed interface Expiry {
  /** It is not. */
  Expiry NEVER = new Never();

  /** Never. */
  record Never() implements Expiry {}

  /**
   * When nobody has used it for so long: not appended, not begun to read. One that is watched does
   * not expire. In a data directory the time begins anew when that is opened.
   *
   * @param time how long
   */
  record Unused(Duration time) implements Expiry {
    /** Checks that it is not negative. */
    public Unused {
      if (time.isNegative()) {
        throw new IllegalArgumentException("a journal that expires after " + time);
      }
    }
  }

  /**
   * At a time.
   *
   * @param time when
   */
  record At(Instant time) implements Expiry {}
}
