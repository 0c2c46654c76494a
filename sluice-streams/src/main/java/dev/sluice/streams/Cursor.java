package dev.sluice.streams;

import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which interval of time a live read belongs to (Durable Streams, section 10.1): clients that wait
 * at the same place in the same interval ask for the same URL, so that a cache asks once for all of
 * them; pure.
 */
final class Cursor {
  private static final long FIRST_SECOND = Instant.parse("2024-10-09T00:00:00Z").getEpochSecond();
  private static final int INTERVAL_SECONDS = 20;

  /** Larger ones no server has sent. */
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");

  private Cursor() {}

  /**
   * The next cursor of a client: that of the time, or one more than its last one, if that is not
   * before. All that come with the same one get the same one.
   *
   * @param last its last one; what is none does not count
   */
  static long after(@Nullable String last, Instant now) {
    long interval = Math.max(0, (now.getEpochSecond() - FIRST_SECOND) / INTERVAL_SECONDS);
    boolean counts = last != null && NUMBER.matcher(last).matches();
    return counts ? Math.max(interval, Long.parseLong(last) + 1) : interval;
  }
}
