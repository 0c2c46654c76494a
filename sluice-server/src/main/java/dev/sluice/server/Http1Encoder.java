package dev.sluice.server;

import dev.sluice.Headers;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Heads and chunks of HTTP/1.1 (RFC 9112) as bytes. Pure: it neither reads nor writes. */
final class Http1Encoder {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Http1Encoder() {}

  /**
   * A status line, fields, and the empty line.
   *
   * <p>Fields were checked when they were set: none holds CR, LF or NUL.
   */
  static byte[] head(int status, Headers headers) {
    var text = new StringBuilder(256);
    text.append("HTTP/1.1 ").append(status).append(' ');
    text.append(HttpResponseStatus.valueOf(status).reasonPhrase()).append("\r\n");
    appendFields(text, headers);
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The last chunk with its trailers, after the CR LF that ends the chunk before it. */
  static byte[] lastChunk(Headers trailers) {
    var text = new StringBuilder(64).append("0\r\n");
    appendFields(text, trailers);
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * Writes a chunk's size line so that it ends where the chunk's data begins.
   *
   * @param dataStart index of the data; {@link BufferPool#HEADROOM} bytes before it are free
   * @param size of the chunk in bytes, more than 0
   * @return index where the size line begins
   */
  static int putChunkHead(ByteBuffer buffer, int dataStart, int size) {
    int index = dataStart;
    buffer.put(--index, (byte) '\n');
    buffer.put(--index, (byte) '\r');
    for (int rest = size; rest != 0; rest >>>= 4) {
      buffer.put(--index, HEX[rest & 0xf]);
    }
    return index;
  }

  private static void appendFields(StringBuilder text, Headers headers) {
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
  }
}
