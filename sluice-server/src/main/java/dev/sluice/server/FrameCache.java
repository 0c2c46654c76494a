package dev.sluice.server;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a journal that were encoded last on one loop: viewers come in groups that are at
 * the same place. A frame's memory is used again for the next one.
 *
 * <p>Thread: the loop's.
 */
final class FrameCache {
  private static final int FRAMES = 4;
  private static final int TAIL_BYTES = 2;

  private final Journal journal;
  private final FrameBuffer encoded = new FrameBuffer();
  private final @Nullable Frame[] frames = new Frame[FRAMES];
  private int next;

  FrameCache(Journal journal) {
    this.journal = journal;
  }

  /**
   * The frame that begins at a position.
   *
   * @param to how far it may go; one that is here already and goes less far is as good
   * @param last whether the journal ends there
   * @param make whether it may be made; that reads the journal
   * @return null if it is not here, and must not or cannot be made
   */
  @Nullable Frame frame(Encoding encoding, long from, long to, boolean last, boolean make) {
    for (Frame frame : frames) {
      if (frame != null && frame.is(encoding, from) && frame.serves(to, last)) {
        return frame;
      }
    }
    return make ? encode(encoding, from, to, last) : null;
  }

  /**
   * The very frame that was sent in part.
   *
   * @param to where it ends
   * @param asked how far it might have gone
   * @param last whether the journal was known to end there
   * @param make whether it may be made; that reads the journal
   * @return null if it cannot be had again
   */
  @Nullable Frame again(
      Encoding encoding, long from, long to, long asked, boolean last, boolean make) {
    for (Frame frame : frames) {
      if (frame != null && frame.is(encoding, from) && frame.isWhole(to, asked, last)) {
        return frame;
      }
    }
    Frame made = make ? encode(encoding, from, asked, last) : null;
    return made == null || made.to() != to ? null : made;
  }

  private @Nullable Frame encode(Encoding encoding, long from, long to, boolean last) {
    encoded.clear();
    long end = encoding.encode(journal, from, to, last, encoded);
    if (end < 0) {
      return null;
    }
    Frame frame = pack(encoding, from, end, to, last);
    frames[next] = frame;
    next = (next + 1) % FRAMES;
    return frame;
  }

  private Frame pack(Encoding encoding, long from, long to, long asked, boolean last) {
    int size = encoded.size();
    int needed = BufferPool.HEADROOM + size + TAIL_BYTES;
    Frame old = frames[next];
    ByteBuffer bytes =
        old != null && old.memory().capacity() >= needed
            ? old.memory()
            : ByteBuffer.allocateDirect(Math.max(needed, 4096));
    bytes.clear().position(BufferPool.HEADROOM);
    bytes.put(encoded.array(), 0, size).put((byte) '\r').put((byte) '\n');
    int start =
        size == 0
            ? BufferPool.HEADROOM
            : Http1Encoder.putChunkHead(bytes, BufferPool.HEADROOM, size);
    return new Frame(
        encoding,
        from,
        to,
        asked,
        last,
        bytes,
        start,
        BufferPool.HEADROOM,
        BufferPool.HEADROOM + size);
  }
}
