package dev.sluice.bench.peers;

import java.util.Arrays;

/**
 * One message, whose bytes are used again for the next: 'T', 19 digits of {@link System#nanoTime}
 * (CLOCK_MONOTONIC on Linux, so that the client can compare), padding, a line feed.
 */
final class Message {
  private static final int DIGITS = 19;
  private static final int SIZE_MIN = DIGITS + 2;

  private final byte[] bytes;

  /**
   * A message of {@code size} bytes.
   *
   * @throws IllegalArgumentException if {@code size} is less than 21
   */
  Message(int size) {
    if (size < SIZE_MIN) {
      throw new IllegalArgumentException("size is " + size + ", the least is " + SIZE_MIN);
    }
    bytes = new byte[size];
    Arrays.fill(bytes, (byte) '.');
    bytes[0] = 'T';
    bytes[size - 1] = '\n';
  }

  /** The same array at each call, with the time of this call. */
  byte[] stamped() {
    long nanos = System.nanoTime();
    for (int i = DIGITS; i > 0; i--) {
      bytes[i] = (byte) ('0' + nanos % 10);
      nanos /= 10;
    }
    return bytes;
  }
}
