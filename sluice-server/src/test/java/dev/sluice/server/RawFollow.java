package dev.sluice.server;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;

/** A journal's bytes as they are: no gap, no heartbeat, no trailers. */
final class RawFollow implements Encoding {
  static final RawFollow RAW = new RawFollow();

  private RawFollow() {}

  @Override
  public String type() {
    return "application/x-raw";
  }

  @Override
  public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
    long end = Math.min(to, from + FRAME_BYTES);
    boolean kept =
        journal.read(
            from,
            end,
            (kind, micros, after, bytes, offset, length) -> frame.put(bytes, offset, length));
    return kept ? end : -1;
  }

  @Override
  public boolean literal() {
    return true;
  }
}
