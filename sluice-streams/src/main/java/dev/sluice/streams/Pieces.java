package dev.sluice.streams;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.journal.RecordSink;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stretch of a journal into pieces that are framed one by one, until a frame is full.
 *
 * <p>It cuts long records between characters. Where the journal itself is cut within a character,
 * because its writer was, or because the tail was just there, the character is held back until it
 * is whole, and becomes a piece of its own. What cannot become one (another kind comes between, or
 * the end) is told as bytes, so that the text around it stays text.
 *
 * <p>Where the cuts are depends only on the stretch that is asked for, on whether the journal ends
 * with it, and on the bytes in it: the same frame can be made again.
 *
 * <p>Thread safety: none; one is made for each frame.
 */
final class Pieces implements RecordSink {
  private static final int STRETCH_BYTES = Encoding.FRAME_BYTES;
  private static final int PIECE_BYTES_MAX = 16 * 1024;

  /** Frames one piece. */
  @FunctionalInterface
  interface Framing {
    void put(Piece piece, FrameBuffer frame);
  }

  private final Journal journal;
  private final @Nullable Kind only;
  private final long to;
  private final boolean last;
  private final Framing framing;
  private final FrameBuffer frame;
  private final CutCharacter cut = new CutCharacter();
  private long position;

  private Pieces(
      Journal journal,
      @Nullable Kind only,
      long from,
      long to,
      boolean last,
      FrameBuffer frame,
      Framing framing) {
    this.journal = journal;
    this.only = only;
    this.to = to;
    this.last = last;
    this.framing = framing;
    this.frame = frame;
    this.position = from;
  }

  /**
   * As {@link Encoding#encode}.
   *
   * @param only the kind that is told, or null for all
   */
  static long encode(
      Journal journal,
      @Nullable Kind only,
      long from,
      long to,
      boolean last,
      FrameBuffer frame,
      Framing framing) {
    var pieces = new Pieces(journal, only, from, to, last, frame, framing);
    if (!journal.read(from, Math.min(to, from + STRETCH_BYTES), pieces)) {
      return -1;
    }
    if (!pieces.cut.isEmpty() && !pieces.cut.mayGoOn(journal, to, last)) {
      pieces.putCut(false);
    }
    return pieces.position;
  }

  @Override
  public void accept(Kind kind, long micros, long end, byte[] bytes, int offset, int length) {
    if (isFull()) {
      return;
    }
    int bytesEnd = offset + length;
    int index = cut.isEmpty() ? offset : complete(kind, micros, end, bytes, offset, bytesEnd);
    if (only != null && kind != only) {
      position = end;
      return;
    }
    while (index < bytesEnd && !isFull()) {
      int next = end(kind, micros, end, bytes, index, bytesEnd);
      if (next == index) {
        return; // a part of a character, and no more
      }
      put(kind, micros, end - (bytesEnd - next), bytes, index, next);
      position = end - (bytesEnd - next);
      index = next;
    }
  }

  /** Where a piece ends that begins at an index: not within a character that goes on there. */
  private int end(Kind kind, long micros, long end, byte[] bytes, int index, int bytesEnd) {
    int next = Math.min(bytesEnd, index + PIECE_BYTES_MAX);
    int part = Utf8.tail(bytes, index, next);
    if (part == 0) {
      return next;
    }
    cut.begin(kind, micros, end - (bytesEnd - next), bytes, next - part, next);
    boolean goesOn =
        next < bytesEnd ? cut.canTake(kind, bytes[next]) : cut.mayGoOn(journal, to, last);
    if (!goesOn || next - part > index) {
      cut.clear();
    }
    return goesOn ? next - part : next;
  }

  /** Goes on with the character that the record before ended in; where what is behind it begins. */
  private int complete(Kind kind, long micros, long end, byte[] bytes, int from, int to) {
    int index = from;
    while (index < to && cut.add(kind, micros, end - (to - index) + 1, bytes[index])) {
      index++;
      if (cut.isWhole()) {
        putCut(true);
        return index;
      }
    }
    if (index < to) {
      putCut(false);
    }
    return index;
  }

  private boolean isFull() {
    return frame.size() >= Encoding.FRAME_BYTES;
  }

  private void putCut(boolean isText) {
    Piece piece = cut.take(isText);
    framing.put(piece, frame);
    position = piece.end();
  }

  private void put(Kind kind, long micros, long end, byte[] bytes, int from, int to) {
    int textFrom = from + Utf8.head(bytes, from, to);
    int textTo = to - Utf8.tail(bytes, textFrom, to);
    if (textFrom == textTo || !Utf8.isValid(bytes, textFrom, textTo)) {
      putPart(new Piece(kind, micros, end, bytes, from, to - from, false));
      return;
    }
    putPart(new Piece(kind, micros, end - (to - textFrom), bytes, from, textFrom - from, false));
    putPart(new Piece(kind, micros, end - (to - textTo), bytes, textFrom, textTo - textFrom, true));
    putPart(new Piece(kind, micros, end, bytes, textTo, to - textTo, false));
  }

  private void putPart(Piece piece) {
    if (piece.length() > 0) {
      framing.put(piece, frame);
    }
  }
}
