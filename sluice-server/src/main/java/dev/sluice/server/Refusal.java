package dev.sluice.server;

import dev.sluice.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The response to a request that no handler sees; the connection ends after it. Pure. */
final class Refusal {
  private static final int UNAVAILABLE = 503;

  private Refusal() {}

  /**
   * Encodes it.
   *
   * @param headOnly whether the request was HEAD, whose response has no body
   */
  static ByteBuf encode(Rejection rejection, boolean headOnly) {
    byte[] body = (rejection.reason() + "\n").getBytes(StandardCharsets.US_ASCII);
    Headers headers =
        Headers.of("Content-Type", "text/plain; charset=utf-8")
            .set("Content-Length", Integer.toString(body.length))
            .set("X-Content-Type-Options", "nosniff")
            .set("Cross-Origin-Resource-Policy", "same-origin")
            .set("Connection", "close")
            .set("Date", HttpDate.now());
    if (rejection.status() == UNAVAILABLE) {
      headers.set("Retry-After", "1");
    }
    byte[] head = Http1Encoder.head(rejection.status(), headers);
    return headOnly ? Unpooled.wrappedBuffer(head) : Unpooled.wrappedBuffer(head, body);
  }
}
