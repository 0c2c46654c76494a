package dev.sluice.journal;

import java.io.IOException;
import java.io.Serial;

/** Bytes of a segment are not what its index says. */
final class DamagedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final long from;
  private final long to;

  /**
   * Bytes that are damaged.
   *
   * @param from position of the first
   * @param to position after the last
   */
  DamagedException(long from, long to, String message) {
    super(message);
    this.from = from;
    this.to = to;
  }

  long from() {
    return from;
  }

  long to() {
    return to;
  }
}
