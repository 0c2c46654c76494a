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
 * @param writerSequence must be above that of the last append that had one, byte by byte (Durable
 *     Streams, {@code Stream-Seq}; one sequence for each journal, whoever writes), or null; 1 to
 *     255 printable ASCII characters
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
    @Nullable String writerSequence,
    @Nullable Ending ending) {
  private static final byte[] NOTHING = {};
  private static final int WRITER_SEQUENCE_LENGTH_MAX = 255;

  /** Checks the range, that the time can be kept, and the writer's sequence. */
  public Append {
    Objects.requireNonNull(kind, "kind");
    Objects.checkFromIndexSize(offset, length, bytes.length);
    var _ = Micros.of(time);
    if (writerSequence != null && !isPrintable(writerSequence)) {
      throw new IllegalArgumentException(
          "a writer's sequence is 1 to %d printable ASCII characters, not %s"
              .formatted(WRITER_SEQUENCE_LENGTH_MAX, writerSequence));
    }
  }

  private static boolean isPrintable(String text) {
    return !text.isEmpty()
        && text.length() <= WRITER_SEQUENCE_LENGTH_MAX
        && text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  /** Bytes that come now. */
  public static Append of(byte[] bytes) {
    return of(Kind.STDOUT, Instant.now(), bytes, 0, bytes.length);
  }

  /** Bytes. */
  public static Append of(Kind kind, Instant time, byte[] bytes, int offset, int length) {
    return new Append(kind, time, bytes, offset, length, null, null, null, null);
  }

  /** The end, now. */
  public static Append close(Ending ending) {
    return of(NOTHING).withEnding(ending);
  }

  /** Only if the journal ends here. */
  public Append withExpectedTail(@Nullable Offset tail) {
    return new Append(kind, time, bytes, offset, length, tail, producer, writerSequence, ending);
  }

  /** Once, however often it is sent. */
  public Append withProducer(@Nullable ProducerSequence once) {
    return new Append(
        kind, time, bytes, offset, length, expectedTail, once, writerSequence, ending);
  }

  /** Only if this is above the last one of the journal. */
  public Append withWriterSequence(@Nullable String sequence) {
    return new Append(kind, time, bytes, offset, length, expectedTail, producer, sequence, ending);
  }

  /** And closes the journal. */
  public Append withEnding(@Nullable Ending end) {
    return new Append(
        kind, time, bytes, offset, length, expectedTail, producer, writerSequence, end);
  }

  long micros() {
    return Micros.of(time);
  }
}
