package dev.sluice.journal;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be appended to a journal: bytes, or its end, or both at once; all of it happens or
 * nothing.
 *
 * @param kind what the bytes are
 * @param time when they came
 * @param bytes where they are; not to be changed until {@link Journal#append} has returned
 * @param offset index of the first one
 * @param length how many; none is an append that changes nothing but what else it says
 * @param expectedTail where the journal must end for this to happen (compare-and-append), or null
 * @param producer what makes it happen once, or null
 * @param ending closes the journal behind the bytes, or null
 */
@SuppressWarnings("ArrayRecordComponent") // lent for the length of a call, never compared
public record Append(
    Kind kind,
    Instant time,
    byte[] bytes,
    int offset,
    int length,
    @Nullable Offset expectedTail,
    @Nullable ProducerSequence producer,
    @Nullable Ending ending) {
  private static final byte[] NOTHING = {};

  /** Checks the range, and that the time can be kept. */
  public Append {
    Objects.requireNonNull(kind, "kind");
    Objects.checkFromIndexSize(offset, length, bytes.length);
    var _ = Micros.of(time);
  }

  /** Bytes that come now. */
  public static Append of(byte[] bytes) {
    return new Append(Kind.STDOUT, Instant.now(), bytes, 0, bytes.length, null, null, null);
  }

  /** Bytes. */
  public static Append of(Kind kind, Instant time, byte[] bytes, int offset, int length) {
    return new Append(kind, time, bytes, offset, length, null, null, null);
  }

  /** The end, now. */
  public static Append close(Ending ending) {
    return of(NOTHING).withEnding(ending);
  }

  /** Only if the journal ends here. */
  public Append withExpectedTail(@Nullable Offset tail) {
    return new Append(kind, time, bytes, offset, length, tail, producer, ending);
  }

  /** Once, however often it is sent. */
  public Append withProducer(@Nullable ProducerSequence once) {
    return new Append(kind, time, bytes, offset, length, expectedTail, once, ending);
  }

  /** And closes the journal. */
  public Append withEnding(@Nullable Ending end) {
    return new Append(kind, time, bytes, offset, length, expectedTail, producer, end);
  }

  long micros() {
    return Micros.of(time);
  }
}
