package dev.sluice.streams;

import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.journal.RecordSink;

/**
 * Where the messages of a JSON journal begin and end: behind line breaks.
 *
 * <p>All of it reads the journal, and may block where that does. What cannot be read has no lines.
 */
final class JsonLines {
  private static final int STEP_BYTES = 4 * 1024;

  private JsonLines() {}

  /**
   * Where the last message ends that ends in a stretch.
   *
   * @return the beginning of the stretch if none does
   */
  static long lastEnd(Journal journal, long from, long to) {
    for (long end = to; end > from; ) {
      long begin = Math.max(from, end - STEP_BYTES);
      long found = scan(journal, begin, end).last;
      if (found >= 0) {
        return found;
      }
      end = begin;
    }
    return from;
  }

  /**
   * Where the n-th message ends of those that begin at a position.
   *
   * @return negative if there are fewer before the end of the stretch
   */
  static long end(Journal journal, long from, long to, long count) {
    long left = count;
    for (long begin = from; begin < to; ) {
      long end = Math.min(to, begin + 16 * STEP_BYTES);
      Scan scan = scan(journal, begin, end, left);
      if (scan.wanted >= 0) {
        return scan.wanted;
      }
      left -= scan.count;
      begin = end;
    }
    return -1;
  }

  /**
   * Where a journal ends for its readers: before what is held back of a message, if it has such.
   */
  static long wholeEnd(Journal journal) {
    boolean over = journal.ending() != null; // before the tail, which is final after it
    long tail = journal.tail().position();
    boolean whole = over || ContentMode.of(journal.options().contentType()) != ContentMode.JSON;
    return whole ? tail : lastEnd(journal, journal.start().position(), tail);
  }

  /** Whether a message begins at a position, or none is there yet. */
  static boolean isBoundary(Journal journal, long position) {
    return before(journal, position) == '\n';
  }

  /**
   * The byte before a position; a line break before the first one.
   *
   * @return negative if it cannot be read
   */
  static int before(Journal journal, long position) {
    if (position == 0) {
      return '\n';
    }
    byte[] one = new byte[1];
    boolean read =
        journal.read(
            position - 1,
            position,
            (kind, micros, end, bytes, offset, length) -> one[0] = bytes[offset]);
    return read ? one[0] & 0xff : -1;
  }

  private static Scan scan(Journal journal, long from, long to) {
    return scan(journal, from, to, 0);
  }

  private static Scan scan(Journal journal, long from, long to, long wanted) {
    var scan = new Scan(wanted);
    var _ = journal.read(from, to, scan);
    return scan;
  }

  /** Looks for line breaks. */
  private static final class Scan implements RecordSink {
    private final long wantedCount;
    private long count;
    private long last = -1;
    private long wanted = -1;

    private Scan(long wantedCount) {
      this.wantedCount = wantedCount;
    }

    @Override
    public void accept(Kind kind, long micros, long end, byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        if (bytes[i] == '\n') {
          last = end - (offset + length - i - 1);
          count++;
          if (count == wantedCount) {
            wanted = last;
          }
        }
      }
    }
  }
}
