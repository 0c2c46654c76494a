package dev.sluice.journal;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a journal must hold, by what was acknowledged; and what it may hold besides. */
final class JournalModel {
  /** Of an append that was acknowledged, all; of what a fork begins with, one for each of those. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Piece(
      Kind kind,
      long micros,
      byte[] bytes,
      @Nullable ProducerSequence producer,
      @Nullable String writerSequence,
      @Nullable Ending ending) {
    static Piece of(Append append) {
      byte[] bytes =
          Arrays.copyOfRange(append.bytes(), append.offset(), append.offset() + append.length());
      return new Piece(
          append.kind(),
          append.micros(),
          bytes,
          append.producer(),
          append.writerSequence(),
          append.ending());
    }

    Piece cut(int length) {
      return new Piece(kind, micros, Arrays.copyOf(bytes, length), null, null, null);
    }
  }

  private final JournalOptions options;
  private final @Nullable Origin origin;
  private final List<Piece> pieces = new ArrayList<>();
  private @Nullable String id;
  private @Nullable Piece doubt;
  private int safeCount;
  private long startMax;

  /** An empty one, of which it is not known yet whether it is there. */
  JournalModel(JournalOptions options) {
    this(options, null);
  }

  private JournalModel(JournalOptions options, @Nullable Origin origin) {
    this.options = options;
    this.origin = origin;
  }

  /** What a fork of it begins with. */
  JournalModel fork(Origin from, JournalOptions forkOptions) {
    var fork = new JournalModel(forkOptions, from);
    long left = from.at().position();
    fork.startMax = left;
    for (Piece piece : pieces) {
      int length = (int) Math.min(left, piece.bytes().length);
      if (length > 0) {
        fork.pieces.add(piece.cut(length));
      }
      left -= length;
    }
    fork.safeCount = fork.pieces.size();
    return fork;
  }

  JournalOptions options() {
    return options;
  }

  @Nullable Origin origin() {
    return origin;
  }

  @Nullable String id() {
    return id;
  }

  /** It is this. */
  void found(Journal journal) {
    if (id == null) {
      startMax = Math.min(startMax, journal.start().position());
    }
    id = journal.id();
  }

  long tail() {
    return end(pieces.size());
  }

  private long end(int count) {
    long sum = 0;
    for (Piece piece : pieces.subList(0, count)) {
      sum += piece.bytes().length;
    }
    return sum;
  }

  /** Whether it may begin at a position: it keeps what it must. */
  boolean mayBeginAt(long position) {
    return position <= startMax || tail() - position >= options.retention().bytes();
  }

  @Nullable Ending ending() {
    return pieces.isEmpty() ? null : pieces.getLast().ending();
  }

  /** How far each producer is. */
  Map<String, ProducerSequence> producers() {
    Map<String, ProducerSequence> last = new HashMap<>();
    for (Piece piece : pieces) {
      ProducerSequence producer = piece.producer();
      if (producer != null) {
        last.put(producer.id(), producer);
      }
    }
    return last;
  }

  /** The last that an append had, or null. */
  @Nullable String writerSequence() {
    for (Piece piece : pieces.reversed()) {
      if (piece.writerSequence() != null) {
        return piece.writerSequence();
      }
    }
    return null;
  }

  /** What an append must be answered with. */
  AppendResult expected(Append append) {
    Offset tail = new Offset(tail());
    ProducerSequence producer = append.producer();
    if (ending() != null) {
      boolean again = producer != null && append.ending() != null;
      return again && producer.equals(pieces.getLast().producer())
          ? new AppendResult.Duplicate(tail, producer.sequence())
          : new AppendResult.Closed(tail);
    }
    ProducerSequence last = producer == null ? null : producers().get(producer.id());
    if (producer != null) {
      boolean first = last == null || producer.epoch() > last.epoch();
      long next = first ? 0 : last.sequence() + 1;
      if (last != null && producer.epoch() < last.epoch()) {
        return new AppendResult.StaleEpoch(last.epoch());
      }
      if (producer.sequence() < next) {
        return new AppendResult.Duplicate(tail, last.sequence());
      }
      if (producer.sequence() > next) {
        return new AppendResult.SequenceGap(next, producer.sequence(), first && last != null);
      }
    }
    String sequence = append.writerSequence();
    String above = writerSequence();
    if (sequence != null && above != null && sequence.compareTo(above) <= 0) {
      return new AppendResult.SequenceRegression(above);
    }
    Offset expectedTail = append.expectedTail();
    if (expectedTail != null && !expectedTail.equals(tail)) {
      return new AppendResult.TailMoved(tail);
    }
    return new AppendResult.Appended(new Offset(tail() + append.length()));
  }

  /** It was acknowledged. */
  void add(Append append) {
    pieces.add(Piece.of(append));
  }

  /** It was begun, and nobody knows. */
  void doubt(Append append) {
    if (doubt == null) {
      doubt = Piece.of(append);
    }
  }

  /** All of it is on the disk. */
  void safe() {
    safeCount = pieces.size();
  }

  /**
   * Finds out what is there after a restart, and takes that for granted from then on.
   *
   * @param lossy whether the power failed, not the process alone
   */
  void settle(Journal journal, boolean lossy) {
    int least = lossy && !options.durable() ? safeCount : pieces.size();
    int known = pieces.size();
    Piece begun = doubt;
    if (begun != null) {
      pieces.add(begun);
    }
    int found = -1;
    for (int count = least; count <= pieces.size(); count++) {
      boolean closed = count > 0 && pieces.get(count - 1).ending() != null;
      if (end(count) == journal.tail().position() && closed == (journal.ending() != null)) {
        found = count;
      }
    }
    if (found < 0) {
      throw new AssertionError(
          "%s ends at %s, closed: %s; it must be at %d (or at least %d%s), closed: %s"
              .formatted(
                  journal,
                  journal.tail(),
                  journal.ending(),
                  end(known),
                  end(least),
                  begun == null ? "" : ", perhaps " + begun,
                  known > 0 && pieces.get(known - 1).ending() != null));
    }
    pieces.subList(found, pieces.size()).clear();
    doubt = null;
    safeCount = lossy ? found : Math.min(found, safeCount);
  }

  /** Reads a stretch, which must be what was appended. Returns whether it could be read. */
  boolean check(Journal journal, long from, long to) {
    var bytes = new ByteArrayOutputStream();
    var kinds = new StringBuilder();
    for (Piece piece : pieces) {
      bytes.writeBytes(piece.bytes());
      kinds.append((piece.kind() == Kind.STDOUT ? "o" : "e").repeat(piece.bytes().length));
    }
    var records = new Records(from);
    boolean whole = journal.read(from, to, records);
    if (whole != (records.position() == to)) {
      throw new AssertionError(whole + ", and read up to " + records.position());
    }
    int until = (int) records.position();
    byte[] expected = Arrays.copyOfRange(bytes.toByteArray(), (int) from, until);
    int different = Arrays.mismatch(expected, records.bytes());
    if (different >= 0 || !kinds.substring((int) from, until).equals(records.kinds())) {
      throw new AssertionError(
          "%s from %d to %d is not what was appended, at %d"
              .formatted(journal, from, until, different));
    }
    return whole;
  }
}
