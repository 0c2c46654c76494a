package dev.sluice.server;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time of day as HTTP writes it (IMF-fixdate, RFC 9110 section 5.6.7), made once a second. */
final class HttpDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private record Second(long epochSecond, String text) {}

  private static volatile Second last = new Second(-1, "");

  private HttpDate() {}

  static String now() {
    long epochSecond = System.currentTimeMillis() / 1000;
    Second second = last;
    if (second.epochSecond() != epochSecond) {
      second = new Second(epochSecond, FORMAT.format(Instant.ofEpochSecond(epochSecond)));
      last = second;
    }
    return second.text();
  }
}
