package dev.sluice.journal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much of a journal is kept. What exceeds it is dropped from the beginning, in whole segments.
 *
 * @param bytes how many of the latest bytes are kept at least, 1 or more
 * @param age how long bytes are kept at least; null for ever
 */
public record Retention(long bytes, @Nullable Duration age) {
  /** Everything, for ever. */
  public static final Retention ALL = new Retention(Long.MAX_VALUE, null);

  /** Checks the values. */
  public Retention {
    if (bytes < 1) {
      throw new IllegalArgumentException("a journal that keeps " + bytes + " bytes");
    }
    if (age != null && !age.isPositive()) {
      throw new IllegalArgumentException("a journal that keeps its bytes for " + age);
    }
  }

  /** The latest bytes, however old. */
  public static Retention ofBytes(long bytes) {
    return new Retention(bytes, null);
  }
}
