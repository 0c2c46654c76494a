package dev.sluice.streams;

import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.journal.RecordSink;

/**
 * Makes one event of text (WHATWG HTML, section 9.2.6): a field {@code data} for each line. The
 * format has one line end only: CR, LF and CR LF become LF, also where CR LF is cut by the end of a
 * frame. A space that begins a line is told as two, since readers take one away.
 *
 * <p>Thread safety: none; one is made for each event.
 */
final class SseText implements RecordSink {
  private static final byte[] NEXT_LINE = Json.ascii("\ndata:");

  private final Journal journal;
  private final long from;
  private final FrameBuffer frame;
  private boolean begun;
  private boolean lineStart = true;
  private boolean afterReturn;

  /**
   * An event.
   *
   * @param from position where it begins
   */
  SseText(Journal journal, long from, FrameBuffer frame) {
    this.journal = journal;
    this.from = from;
    this.frame = frame;
  }

  /** Whether there is anything in it. */
  boolean isBegun() {
    return begun;
  }

  @Override
  public void accept(Kind kind, long micros, long end, byte[] bytes, int offset, int length) {
    int last = offset + length;
    if (end - length == from && bytes[offset] == '\n') {
      afterReturn = isReturn(from - 1);
    }
    int plain = offset;
    for (int i = offset; i < last; i++) {
      byte b = bytes[i];
      if (b == '\n' && afterReturn) { // the line has ended already
        plain = i + 1;
      } else if (b == '\n' || b == '\r') {
        put(bytes, plain, i);
        begin();
        frame.put(NEXT_LINE);
        lineStart = true;
        plain = i + 1;
      }
      afterReturn = b == '\r';
    }
    put(bytes, plain, last);
  }

  private void put(byte[] bytes, int start, int end) {
    if (start == end) {
      return;
    }
    begin();
    if (lineStart && bytes[start] == ' ') {
      frame.put(' ');
    }
    lineStart = false;
    frame.put(bytes, start, end - start);
  }

  private void begin() {
    if (!begun) {
      begun = true;
      frame.put(StreamData.EVENT);
    }
  }

  private boolean isReturn(long position) {
    boolean[] is = new boolean[1];
    return position >= journal.start().position()
        && journal.read(
            position,
            position + 1,
            (kind, micros, end, bytes, offset, length) -> is[0] = bytes[offset] == '\r')
        && is[0];
  }
}
