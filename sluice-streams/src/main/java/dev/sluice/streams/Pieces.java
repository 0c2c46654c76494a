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
 * because its writer was, or because the tail was just there, the character's parts become pieces
 * of their own, so that the text around them stays text.
 *
 * <p>Where the cuts are depends only on where the frame begins and ends, and on the bytes between:
 * the same frame can be made again.
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

  private final @Nullable Kind only;
  private final Framing framing;
  private final FrameBuffer frame;
  private final long stretchEnd;
  private final boolean goesOn;
  private long position;

  private Pieces(@Nullable Kind only, long from, long to, FrameBuffer frame, Framing framing) {
    this.only = only;
    this.framing = framing;
    this.frame = frame;
    this.position = from;
    this.stretchEnd = Math.min(to, from + STRETCH_BYTES);
    this.goesOn = stretchEnd < to;
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
      FrameBuffer frame,
      Framing framing) {
    var pieces = new Pieces(only, from, to, frame, framing);
    return journal.read(from, pieces.stretchEnd, pieces) ? pieces.position : -1;
  }

  @Override
  public void accept(Kind kind, long micros, long end, byte[] bytes, int offset, int length) {
    if (only != null && kind != only) {
      if (!isFull()) {
        position = end;
      }
      return;
    }
    int index = offset;
    int last = offset + length;
    while (index < last && !isFull()) {
      int cut = cut(bytes, index, last, end == stretchEnd);
      put(kind, micros, end - (last - cut), bytes, index, cut);
      position = end - (last - cut);
      index = cut;
      if (goesOn && end == stretchEnd && last - index <= 3) {
        return; // the rest of a character, which the next frame begins with
      }
    }
  }

  private boolean isFull() {
    return frame.size() >= Encoding.FRAME_BYTES;
  }

  /** Where a piece ends that begins at an index: not within a character, if that is up to us. */
  private int cut(byte[] bytes, int index, int last, boolean lastOfStretch) {
    int cut = Math.min(last, index + PIECE_BYTES_MAX);
    if (cut < last || (lastOfStretch && goesOn)) {
      int trimmed = cut - Utf8.tail(bytes, index, cut);
      return trimmed > index ? trimmed : cut;
    }
    return cut;
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
