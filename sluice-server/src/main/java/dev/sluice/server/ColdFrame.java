package dev.sluice.server;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import dev.sluice.spi.ReadablePart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * A stretch of a journal as it goes over the wire to one cold viewer: the same bytes as a {@link
 * Frame}'s. What is the journal's own bytes stays in its file until the socket takes it.
 *
 * <p>Thread: the storage thread that sends it. Its memory is used again for the next frame.
 */
final class ColdFrame {
  private final Journal journal;
  private final boolean chunked;
  private final FrameBuffer memory;
  private long from;
  private long to;
  private boolean literal;
  private long bodySize;
  private ByteBuffer head = ascii("");
  private ByteBuffer tail = ascii("");
  private boolean socketFull;

  /**
   * A frame that is to be made.
   *
   * @param memory for encoded bytes
   */
  ColdFrame(Journal journal, boolean chunked, FrameBuffer memory) {
    this.journal = journal;
    this.chunked = chunked;
    this.memory = memory;
  }

  /** Makes it of bytes as they are. */
  void literal(long begin, long end) {
    from = begin;
    to = end;
    literal = true;
    frame(end - begin);
  }

  /**
   * Encodes.
   *
   * @return as {@link Encoding#encode}
   */
  long encode(Encoding encoding, long begin, long end, boolean last) {
    memory.clear();
    from = begin;
    to = encoding.encode(journal, begin, end, last, memory);
    literal = false;
    frame(memory.size());
    return to;
  }

  /** Where that ends which can be encoded before bytes that cannot be read. */
  long readableEnd(Encoding encoding, long begin, long end) {
    return ReadablePart.end(encoding, journal, begin, end, memory);
  }

  private void frame(long size) {
    bodySize = size;
    boolean framed = chunked && size > 0;
    head = ascii(framed ? Long.toHexString(size) + "\r\n" : "");
    tail = ascii(framed ? "\r\n" : "");
  }

  /** How many bytes it has on the wire. */
  long size() {
    return head.limit() + bodySize + tail.limit();
  }

  /** Whether the socket took less than it was given. */
  boolean socketFull() {
    return socketFull;
  }

  /**
   * Writes more of it, perhaps not all that the socket would take.
   *
   * @param sent how many of its bytes are sent
   * @return how many more; negative if they cannot be read
   */
  long write(Outlet outlet, long sent) throws IOException {
    if (!literal) {
      return write(outlet, sent, head, ByteBuffer.wrap(memory.array(), 0, memory.size()), tail);
    }
    long index = sent - head.limit();
    if (index < 0) {
      return write(outlet, sent, head);
    }
    return index < bodySize
        ? transfer(outlet, from + index)
        : write(outlet, index - bodySize, tail);
  }

  private long transfer(Outlet outlet, long at) throws IOException {
    long end = Math.min(to, journal.fileEnd(at));
    WritableByteChannel socket = outlet.fileTarget();
    if (end > at && socket != null) {
      long taken = journal.transferTo(at, end, socket);
      socketFull = taken < end - at;
      return taken;
    }
    memory.clear(); // something is between, or all of the frame was in memory when it was begun
    boolean whole =
        journal.read(
            at,
            Math.min(to, at + Encoding.FRAME_BYTES),
            (kind, micros, after, bytes, offset, length) -> memory.put(bytes, offset, length));
    return whole ? write(outlet, 0, ByteBuffer.wrap(memory.array(), 0, memory.size())) : -1;
  }

  private long write(Outlet outlet, long sent, ByteBuffer... parts) throws IOException {
    long skip = sent;
    long given = 0;
    for (ByteBuffer part : parts) {
      int skipped = (int) Math.min(skip, part.limit());
      skip -= skipped;
      given += part.position(skipped).remaining();
    }
    long taken = outlet.write(parts);
    socketFull = taken < given;
    return taken;
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
