package dev.sluice.journal;

import java.nio.charset.StandardCharsets;

/**
 * What makes an append happen once, however often it is sent (Durable Streams, idempotent
 * producers).
 *
 * @param id who sends it, 1 to 255 bytes
 * @param epoch which life of the sender, 0 to 2^53-1: a higher one fences off the lower ones
 * @param sequence which of that life's appends, 0 to 2^53-1: each one more than the one before
 */
public record ProducerSequence(String id, long epoch, long sequence) {
  /** The largest epoch and sequence: what every JSON reader can hold. */
  public static final long NUMBER_MAX = (1L << 53) - 1;

  /** Checks the values. */
  public ProducerSequence {
    int bytes = id.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > 255) {
      throw new IllegalArgumentException("a producer's id has 1 to 255 bytes, not " + bytes);
    }
    if (epoch < 0 || epoch > NUMBER_MAX || sequence < 0 || sequence > NUMBER_MAX) {
      throw new IllegalArgumentException(
          "a producer's epoch and sequence are 0 to 2^53-1, not %d and %d"
              .formatted(epoch, sequence));
    }
  }
}
