package dev.sluice.server;

import dev.sluice.Encoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A stretch of a journal as it goes over the wire: as one chunk, and, within that, without framing.
 *
 * <p>Thread: the loop's that encoded it. It lasts until its cache needs the place; a viewer that
 * has not sent all of it by then has it encoded again.
 */
final class Frame {
  private final Encoding encoding;
  private final long from;
  private final long to;
  private final long asked;
  private final boolean last;
  private final ByteBuffer bytes;
  private final int chunkStart;
  private final int dataStart;
  private final int dataEnd;

  /**
   * A frame.
   *
   * @param asked how far it might have gone
   * @param last whether the journal was known to end there
   * @param bytes head of the chunk from chunkStart, data from dataStart to dataEnd, CR LF
   */
  Frame(
      Encoding encoding,
      long from,
      long to,
      long asked,
      boolean last,
      ByteBuffer bytes,
      int chunkStart,
      int dataStart,
      int dataEnd) {
    this.encoding = encoding;
    this.from = from;
    this.to = to;
    this.asked = asked;
    this.last = last;
    this.bytes = bytes;
    this.chunkStart = chunkStart;
    this.dataStart = dataStart;
    this.dataEnd = dataEnd;
  }

  boolean is(Encoding wanted, long begins) {
    return encoding.equals(wanted) && from == begins;
  }

  /** Position after its last byte in the journal. */
  long to() {
    return to;
  }

  /** How far it might have gone: asked for so far again, it becomes the same. */
  long asked() {
    return asked;
  }

  /** Whether the journal was known to end there: told so again, it becomes the same. */
  boolean last() {
    return last;
  }

  /** Whether it is the one that ended there and was asked for so. */
  boolean isWhole(long end, long askedThen, boolean lastThen) {
    return to == end && asked == askedThen && last == lastThen;
  }

  /** Whether it is as good as one that is asked for now. */
  boolean serves(long end, boolean lastNow) {
    if (heldBack()) {
      return isWhole(to, end, lastNow);
    }
    return to < end || (to == end && last == lastNow);
  }

  /** Whether nothing is told of what there is until more comes. */
  boolean heldBack() {
    return to == from;
  }

  /** How many bytes it has on the wire. */
  int size(boolean chunked) {
    if (dataEnd == dataStart) {
      return 0;
    }
    return chunked ? dataEnd + 2 - chunkStart : dataEnd - dataStart;
  }

  /** What of it is left to send; valid until the next call. */
  ByteBuffer rest(boolean chunked, int sent) {
    int start = chunked ? chunkStart : dataStart;
    int end = chunked ? dataEnd + 2 : dataEnd;
    return bytes.limit(end).position(start + sent);
  }

  /** Its memory, for another frame. */
  ByteBuffer memory() {
    return bytes;
  }

  /**
   * Bytes that are not in the journal, as they go over the wire.
   *
   * @param data empty if there are none
   * @param last what stands behind them, framed already
   */
  static ByteBuffer ofNotice(boolean chunked, byte[] data, byte[] last) {
    ByteBuffer bytes = ByteBuffer.allocate(BufferPool.HEADROOM + data.length + 2 + last.length);
    boolean framed = chunked && data.length > 0;
    if (framed) {
      bytes.put((Integer.toHexString(data.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
    bytes.put(data);
    if (framed) {
      bytes.put((byte) '\r').put((byte) '\n');
    }
    return bytes.put(last).flip();
  }
}
