package dev.sluice.bench.peers;

import java.time.Duration;

/** What a client asks for: {@code count} messages of {@code size} bytes, {@code gap} apart. */
record StreamRequest(long count, int size, Duration gap) {

  /**
   * Parses {@code n=N&size=S&gap=MICROS}.
   *
   * @throws IllegalArgumentException if a parameter is missing or is not a number
   */
  static StreamRequest parse(String query) {
    return new StreamRequest(
        number(query, "n"),
        Math.toIntExact(number(query, "size")),
        Duration.ofNanos(1000 * number(query, "gap")));
  }

  /** Waits before the message with this index. */
  void pauseBefore(long index) throws InterruptedException {
    if (index > 0 && !gap.isZero()) {
      Thread.sleep(gap);
    }
  }

  static long number(String query, String name) {
    for (String parameter : String.valueOf(query).split("&")) {
      if (parameter.startsWith(name + "=")) {
        return Long.parseLong(parameter.substring(name.length() + 1));
      }
    }
    throw new IllegalArgumentException("no " + name + "= in '" + query + "'");
  }
}
