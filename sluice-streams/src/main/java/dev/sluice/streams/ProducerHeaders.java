package dev.sluice.streams;

import dev.sluice.Headers;
import dev.sluice.RequestException;
import dev.sluice.journal.ProducerSequence;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of an idempotent producer (Durable Streams, section 5.2.1): all or none; pure. */
final class ProducerHeaders {
  static final String ID = "Producer-Id";
  static final String EPOCH = "Producer-Epoch";
  static final String SEQUENCE = "Producer-Seq";
  static final String EXPECTED = "Producer-Expected-Seq";
  static final String RECEIVED = "Producer-Received-Seq";

  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,16}");

  private ProducerHeaders() {}

  /**
   * Reads them.
   *
   * @return null if there are none
   * @throws RequestException if some are missing or malformed (400)
   */
  static @Nullable ProducerSequence of(Headers headers) throws RequestException {
    String id = StreamHeaders.single(headers, ID);
    String epoch = StreamHeaders.single(headers, EPOCH);
    String sequence = StreamHeaders.single(headers, SEQUENCE);
    if (id == null && epoch == null && sequence == null) {
      return null;
    }
    if (id == null || epoch == null || sequence == null) {
      throw new RequestException(
          400, "%s, %s, %s: some are missing; send all or none".formatted(ID, EPOCH, SEQUENCE));
    }
    long epochNumber = number(EPOCH, epoch);
    long sequenceNumber = number(SEQUENCE, sequence);
    try {
      return new ProducerSequence(id, epochNumber, sequenceNumber);
    } catch (IllegalArgumentException e) {
      throw new RequestException(400, ID + ": a producer's id has 1 to 255 bytes");
    }
  }

  private static long number(String name, String digits) throws RequestException {
    long number = DIGITS.matcher(digits).matches() ? Long.parseLong(digits) : -1;
    if (number < 0 || number > ProducerSequence.NUMBER_MAX) {
      throw new RequestException(400, name + ": not a number from 0 to 2^53-1, in digits alone");
    }
    return number;
  }
}
