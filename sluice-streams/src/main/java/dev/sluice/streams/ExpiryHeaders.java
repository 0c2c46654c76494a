package dev.sluice.streams;

import dev.sluice.Headers;
import dev.sluice.RequestException;
import dev.sluice.journal.Expiry;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;

/** When a stream expires, in header fields (Durable Streams, section 5.1); pure. */
final class ExpiryHeaders {
  static final String TTL = "Stream-TTL";
  static final String EXPIRES_AT = "Stream-Expires-At";

  /** Ten digits are three centuries: sums with any time of today stay in range. */
  private static final Pattern SECONDS = Pattern.compile("0|[1-9][0-9]{0,9}");

  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:\\d\\d)");

  private ExpiryHeaders() {}

  /**
   * Reads them.
   *
   * @throws RequestException if one is malformed, or both are there (400)
   */
  static Expiry of(Headers headers) throws RequestException {
    String ttl = StreamHeaders.single(headers, TTL);
    String expiresAt = StreamHeaders.single(headers, EXPIRES_AT);
    if (ttl != null && expiresAt != null) {
      throw new RequestException(400, TTL + " and " + EXPIRES_AT + ": send one of them");
    }
    if (ttl != null) {
      return new Expiry.Unused(seconds(ttl));
    }
    return expiresAt == null ? Expiry.NEVER : new Expiry.At(time(expiresAt));
  }

  private static Duration seconds(String text) throws RequestException {
    if (!SECONDS.matcher(text).matches()) {
      throw new RequestException(
          400, TTL + ": not a number of seconds, in at most ten digits, the first not 0");
    }
    return Duration.ofSeconds(Long.parseLong(text));
  }

  /** In microseconds, as journals keep times. */
  private static Instant time(String text) throws RequestException {
    if (RFC_3339.matcher(text).matches()) {
      try {
        return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT))
            .toInstant()
            .truncatedTo(ChronoUnit.MICROS);
      } catch (DateTimeException e) {
        // a 13th month, or a 25th hour
      }
    }
    throw new RequestException(
        400, EXPIRES_AT + ": not a time of RFC 3339, such as 2026-11-22T09:00:00Z");
  }

  /** Says it. */
  static void put(Expiry expiry, Headers headers) {
    switch (expiry) {
      case Expiry.Never() -> {}
      case Expiry.Unused(Duration time) -> headers.set(TTL, Long.toString(time.toSeconds()));
      case Expiry.At(Instant time) -> headers.set(EXPIRES_AT, time.toString());
    }
  }
}
