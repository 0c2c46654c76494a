package dev.sluice.server;

import java.nio.ByteBuffer;

/**
 * Direct buffers for frames of HTTP/2, which all connections share.
 *
 * <p>Thread safety: all methods.
 */
final class FrameBuffers {
  /** Two full frames: the client reads the one while the next are copied. */
  static final int BYTES = 2 * (H2Output.FRAME_HEAD_BYTES + H2Output.PAYLOAD_BYTES_MAX);

  /** Most of what is sent is small, and thousands of connections may have some at a time. */
  private static final BufferStack SMALL = new BufferStack(4 * 1024, 4 * 1024);

  /** As many as connections may have at a time whose viewers all get an event: 16 MiB. */
  private static final BufferStack LARGE = new BufferStack(BYTES, 512);

  private FrameBuffers() {}

  /** An empty one with room for so many bytes at the least. */
  static ByteBuffer take(int bytes) {
    if (bytes > BYTES) {
      return ByteBuffer.allocate(bytes);
    }
    return bytes > SMALL.bytes() ? LARGE.take() : SMALL.take();
  }

  /** One with the same bytes in it, and room for so many more; the other is given back. */
  static ByteBuffer grow(ByteBuffer full, int more) {
    ByteBuffer bytes = full.flip();
    ByteBuffer grown = take(bytes.limit() + more).put(bytes);
    give(bytes);
    return grown;
  }

  /** Takes one back, which the caller must not touch any more. */
  static void give(ByteBuffer buffer) {
    SMALL.give(buffer);
    LARGE.give(buffer);
  }
}
