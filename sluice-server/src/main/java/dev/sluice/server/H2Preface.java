package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** How a client begins that knows that the server speaks HTTP/2 (RFC 9113 section 3.4). */
enum H2Preface {
  /** It was seen. */
  SEEN;

  private static final byte[] BYTES =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  static final int LENGTH = BYTES.length;

  /** For who has to see it again. */
  static ByteBuf bytes() {
    return Unpooled.copiedBuffer(BYTES);
  }

  /** Whether bytes are the preface, or may become it. */
  static boolean isBegunBy(ByteBuf bytes) {
    int length = Math.min(BYTES.length, bytes.readableBytes());
    for (int i = 0; i < length; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != BYTES[i]) {
        return false;
      }
    }
    return length > 0;
  }

  /** Whether all of it is there, if it is the preface. */
  static boolean isWhole(ByteBuf bytes) {
    return bytes.readableBytes() >= LENGTH;
  }
}
