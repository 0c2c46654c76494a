package dev.sluice.streams;

import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;

/**
 * The beginning of a character in UTF-8 that a record ended in; what goes on with it is in records
 * of the same kind right behind.
 *
 * <p>Thread safety: none.
 */
final class CutCharacter {
  private static final int BYTES_MAX = 4;

  private final byte[] bytes = new byte[BYTES_MAX];
  private Kind kind = Kind.STDOUT;
  private int length;
  private long micros;
  private long end;

  boolean isEmpty() {
    return length == 0;
  }

  /** Begins with the last bytes of a record, which are the beginning of a character. */
  void begin(Kind of, long time, long recordEnd, byte[] record, int from, int to) {
    kind = of;
    micros = time;
    end = recordEnd;
    length = to - from;
    System.arraycopy(record, from, bytes, 0, length);
  }

  void clear() {
    length = 0;
  }

  /** Whether a byte right behind it goes on with it. */
  boolean canTake(Kind of, byte next) {
    bytes[length] = next;
    return of == kind && Utf8.sequenceAt(bytes, 0, length + 1) >= 0;
  }

  /**
   * Takes a byte more.
   *
   * @return whether it goes on with the character; if not, it was not taken
   */
  boolean add(Kind of, long time, long byteEnd, byte next) {
    if (!canTake(of, next)) {
      return false;
    }
    length++;
    micros = time;
    end = byteEnd;
    return true;
  }

  boolean isWhole() {
    return Utf8.sequenceAt(bytes, 0, length) > 0;
  }

  /**
   * Whether what comes behind it may make it whole: it does not, if that is something else, or
   * cannot be read.
   *
   * @param to up to where the journal is looked at
   * @param last whether the journal ends there
   */
  boolean mayGoOn(Journal journal, long to, boolean last) {
    if (end == to) {
      return !last && journal.readableFrom(end) == end;
    }
    boolean[] goesOn = new boolean[1];
    boolean read =
        journal.read(
            end,
            end + 1,
            (of, time, nextEnd, next, offset, size) -> goesOn[0] = canTake(of, next[offset]));
    return read && goesOn[0];
  }

  /** What is there of it; it is empty then. */
  Piece take(boolean isText) {
    var piece = new Piece(kind, micros, end, bytes, 0, length, isText);
    clear();
    return piece;
  }
}
