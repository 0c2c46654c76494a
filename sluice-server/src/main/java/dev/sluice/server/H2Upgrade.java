package dev.sluice.server;

import dev.sluice.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.base64.Base64;
import io.netty.handler.codec.base64.Base64Dialect;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request of HTTP/1.1 that asks to go on with HTTP/2 (RFC 7540 section 3.2; RFC 9113 dropped it,
 * clients still do it). Pure.
 */
final class H2Upgrade {
  private static final int SETTING_BYTES = 6;

  private H2Upgrade() {}

  /** The client's settings if it asks so, and may; null if not. */
  static @Nullable Http2Settings asked(HttpRequest request) {
    HttpHeaders headers = request.headers();
    boolean asks =
        request.protocolVersion().minorVersion() == 1
            && headers.containsValue("Upgrade", "h2c", true)
            && headers.containsValue("Connection", "upgrade", true)
            && headers.containsValue("Connection", "http2-settings", true)
            && headers.getAll("HTTP2-Settings").size() == 1;
    if (!asks || RequestChecks.hasBody(request)) {
      return null; // who sends a body with it is answered by HTTP/1
    }
    return settings(headers.get("HTTP2-Settings"));
  }

  /** The request, as stream 1 has it. */
  static H2Heads.RequestHead head(HttpRequest request, Headers headers) {
    Headers left =
        Headers.copyOf(headers).remove("Upgrade").remove("HTTP2-Settings").remove("Connection");
    return new H2Heads.RequestHead(
        request.method().name(), request.uri(), left.fix("a request cannot be changed"), null);
  }

  private static @Nullable Http2Settings settings(String text) {
    ByteBuf encoded = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    try {
      ByteBuf bytes = Base64.decode(encoded, Base64Dialect.URL_SAFE);
      try {
        if (bytes.readableBytes() % SETTING_BYTES != 0) {
          return null;
        }
        var settings = new Http2Settings();
        while (bytes.isReadable()) {
          settings.put((char) bytes.readUnsignedShort(), Long.valueOf(bytes.readUnsignedInt()));
        }
        return settings;
      } finally {
        bytes.release();
      }
    } catch (IllegalArgumentException e) {
      return null; // not base64, or a value out of its range: HTTP/1 goes on
    }
  }
}
