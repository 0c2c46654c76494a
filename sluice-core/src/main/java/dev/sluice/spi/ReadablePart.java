package dev.sluice.spi;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;

/** Finds what of a stretch can be read when not all of it can. */
public final class ReadablePart {
  private ReadablePart() {}

  /**
   * Tries shorter and shorter parts, from the same position on.
   *
   * @param to where a part ends that could not be encoded
   * @param frame for trying; what is in it then means nothing
   * @return where the longest part ends that can be encoded, of those that are shorter than a
   *     frame; the position itself if there is none
   */
  public static long end(
      Encoding encoding, Journal journal, long from, long to, FrameBuffer frame) {
    long good = from;
    long bad = Math.min(to, from + Encoding.FRAME_BYTES);
    while (bad - good > 1) {
      long middle = (good + bad) >>> 1;
      frame.clear();
      if (encoding.encode(journal, from, middle, false, frame)
          >= 0) { // perhaps held back, but readable
        good = middle;
      } else {
        bad = middle;
      }
    }
    return good;
  }
}
