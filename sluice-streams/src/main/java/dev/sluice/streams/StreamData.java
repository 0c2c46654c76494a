package dev.sluice.streams;

import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import java.util.Base64;

/**
 * Makes events {@code data} of a stretch of a journal (Durable Streams, section 5.8), as the bytes
 * are to be told. Where the cuts are depends on the stretch alone, on whether the journal ends with
 * it, and on the bytes in it and just before it.
 */
sealed interface StreamData {
  /**
   * How much was told.
   *
   * @param end position up to which; where it began if all is held back, negative if not all could
   *     be read
   * @param hasData whether there is an event
   * @param eventEnds whether the event, if there is one, has its end in this part
   * @param whole whether that is all that may be told of the stretch now
   */
  record Part(long end, boolean hasData, boolean eventEnds, boolean whole) {
    private static final Part UNREADABLE = new Part(-1, false, false, false);
  }

  /** How much of a journal becomes one part, more or less: events have more bytes. */
  int PART_BYTES = 48 * 1024;

  /** What an event begins with; its first line goes on behind that. */
  byte[] EVENT = Json.ascii("event: data\ndata:");

  /** That of a content mode. */
  static StreamData of(ContentMode mode) {
    return switch (mode) {
      case JSON -> new Messages();
      case TEXT -> new Text();
      case BINARY -> new Binary();
    };
  }

  /**
   * Puts as much of a stretch as makes one part, without the empty line behind an event.
   *
   * @param last whether the journal ends with it: nothing is held back
   */
  Part put(Journal journal, long from, long to, boolean last, FrameBuffer frame);

  /** Any bytes, in base64 (RFC 4648 section 4). */
  record Binary() implements StreamData {
    @Override
    public Part put(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
      long end = Math.min(to, from + PART_BYTES);
      byte[] part = new byte[(int) (end - from)];
      boolean read =
          journal.read(
              from,
              end,
              (kind, micros, recordEnd, bytes, offset, length) ->
                  System.arraycopy(bytes, offset, part, (int) (recordEnd - length - from), length));
      if (!read) {
        return Part.UNREADABLE;
      }
      frame.put(EVENT).put(Base64.getEncoder().encode(part));
      return new Part(end, true, true, end == to);
    }
  }

  /**
   * Text in UTF-8. A character that is not there whole yet is held back; what is no UTF-8 is told
   * as it is.
   */
  record Text() implements StreamData {
    @Override
    public Part put(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
      long stretchEnd = Math.min(to, from + PART_BYTES);
      long end = wholeCharacters(journal, from, stretchEnd);
      if (end == from && last && stretchEnd == to) {
        end = stretchEnd; // it will never be whole
      }
      if (end <= from) {
        return new Part(end, false, true, true);
      }
      var lines = new SseText(journal, from, frame);
      return journal.read(from, end, lines)
          ? new Part(end, lines.isBegun(), true, stretchEnd == to && (end == to || !last))
          : Part.UNREADABLE;
    }

    private static long wholeCharacters(Journal journal, long from, long to) {
      var last = new FrameBuffer();
      boolean read =
          journal.read(
              Math.max(from, to - 3),
              to,
              (kind, micros, end, bytes, offset, length) -> last.put(bytes, offset, length));
      return read ? to - Utf8.tail(last.array(), 0, last.size()) : -1;
    }
  }

  /**
   * Messages of JSON: an array of them. One that is longer than a part goes on in the next ones, in
   * the same event; one that is not there whole yet is held back.
   */
  record Messages() implements StreamData {
    @Override
    public Part put(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
      int before = JsonLines.before(journal, from);
      long whole = JsonLines.lastEnd(journal, from, to);
      boolean unended = whole == from && last; // it will never have its end
      if (before < 0 || (whole == from && !unended)) {
        boolean readable = before >= 0 && isReadable(journal, from, to);
        return readable ? new Part(from, false, true, true) : Part.UNREADABLE;
      }
      whole = unended ? to : whole;
      long end = end(journal, from, whole);
      int start = frame.size();
      if (before == '\n') {
        frame.put(EVENT).put('[');
        start = frame.size();
      }
      boolean read =
          journal.read(
              from,
              end,
              (kind, micros, recordEnd, bytes, offset, length) -> frame.put(bytes, offset, length));
      if (!read) {
        return Part.UNREADABLE;
      }
      boolean eventEnds = separate(frame, start) || (unended && end == to);
      if (eventEnds) {
        frame.put(']');
      }
      return new Part(end, true, eventEnds, end == whole && (end == to || !last));
    }

    private static boolean isReadable(Journal journal, long from, long to) {
      return journal.read(from, to, (kind, micros, end, bytes, offset, length) -> {});
    }

    /** So many messages as make a part; a part of one that is longer. */
    private static long end(Journal journal, long from, long whole) {
      if (whole - from <= PART_BYTES) {
        return whole;
      }
      long end = JsonLines.lastEnd(journal, from, from + PART_BYTES);
      return end == from ? from + PART_BYTES : end;
    }

    /**
     * Line ends become commas, but the last byte's, which is taken away; whether it was one. A CR,
     * which is in lines that were written in another way, is space, and would end a field.
     */
    private static boolean separate(FrameBuffer frame, int start) {
      byte[] bytes = frame.array();
      int last = frame.size() - 1;
      boolean ends = bytes[last] == '\n';
      for (int i = start; i <= last; i++) {
        switch (bytes[i]) {
          case '\n' -> bytes[i] = ',';
          case '\r' -> bytes[i] = ' ';
          default -> {}
        }
      }
      if (ends) {
        frame.cut(last);
      }
      return ends;
    }
  }
}
