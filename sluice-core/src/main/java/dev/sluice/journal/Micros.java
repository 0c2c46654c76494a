package dev.sluice.journal;

import java.time.Instant;

/** Times as microseconds since 1970. */
final class Micros {
  private Micros() {}

  static long of(Instant time) {
    try {
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("not a time that can be kept: " + time, e);
    }
  }

  static Instant toInstant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000L);
  }
}
