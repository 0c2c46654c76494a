package dev.sluice.server;

import dev.sluice.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The response to a request that no handler sees; the connection ends after it. Pure. */
final class Refusal {
  private Refusal() {}

  static ByteBuf encode(Rejection rejection) {
    byte[] body = (rejection.reason() + "\n").getBytes(StandardCharsets.US_ASCII);
    Headers headers =
        Headers.of("Content-Type", "text/plain; charset=utf-8")
            .set("Content-Length", Integer.toString(body.length))
            .set("X-Content-Type-Options", "nosniff")
            .set("Connection", "close")
            .set("Date", HttpDate.now());
    return Unpooled.wrappedBuffer(Http1Encoder.head(rejection.status(), headers), body);
  }
}
