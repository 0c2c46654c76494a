package dev.sluice.streams;

import dev.sluice.journal.Journal;

/**
 * What one catch-up read answers with (Durable Streams, section 5.6): so much that a client with
 * little memory can take it, of whole messages where there are such.
 *
 * @param from position of the first byte
 * @param to position after the last one
 * @param upToDate whether that is all there is to be told now
 * @param closed whether there will never be more
 */
record Chunk(long from, long to, boolean upToDate, boolean closed) {
  static final long BYTES_MAX = 8 * 1024 * 1024;

  /** The chunk that begins at a position; blocks where reading does. */
  static Chunk of(Journal journal, long from) {
    boolean over = journal.ending() != null; // before the tail, which is final after it
    long tail = journal.tail().position();
    long to = end(journal, from, tail, over);
    boolean upToDate = to == tail || (to == from && tail > from) || tail - from <= BYTES_MAX;
    return new Chunk(from, to, upToDate, over && to == tail);
  }

  private static long end(Journal journal, long from, long tail, boolean over) {
    boolean fits = tail - from <= BYTES_MAX;
    if (ContentMode.of(journal.options().contentType()) != ContentMode.JSON) {
      return fits ? tail : from + BYTES_MAX;
    }
    if (fits) {
      return over ? tail : JsonLines.lastEnd(journal, from, tail);
    }
    long end = JsonLines.lastEnd(journal, from, from + BYTES_MAX);
    if (end > from) {
      return end;
    }
    long large = JsonLines.end(journal, from, tail, 1); // one message alone is larger
    return large >= 0 ? large : over ? tail : from;
  }

  boolean isEmpty() {
    return from == to;
  }
}
