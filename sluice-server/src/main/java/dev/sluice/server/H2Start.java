package dev.sluice.server;

import dev.sluice.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How a connection of HTTP/1 goes on with HTTP/2: its handlers leave the pipeline, and the bytes
 * that they have not decoded go to the new ones.
 *
 * <p>Thread: the loop's.
 */
final class H2Start {
  private H2Start() {}

  /** The client began with the preface. */
  static void byPreface(ChannelHandlerContext http1, ServerConnection connection) {
    start(http1, connection, H2Preface.bytes()).begun();
  }

  /**
   * Says 101, and goes on with the request as stream 1 (RFC 7540 section 3.2).
   *
   * @throws IOException if the client takes no bytes
   */
  static void byUpgrade(
      ChannelHandlerContext http1,
      ServerConnection connection,
      Http2Settings settings,
      H2Heads.RequestHead request)
      throws IOException {
    Headers fields = Headers.of("Connection", "Upgrade").set("Upgrade", "h2c");
    ByteBuffer switching = ByteBuffer.wrap(Http1Encoder.head(101, fields));
    connection.channel().outlet().write(switching);
    if (switching.hasRemaining()) {
      throw new IOException("the client takes nothing");
    }
    try {
      H2Connection http2 = start(http1, connection, Unpooled.EMPTY_BUFFER);
      http2.upgraded(settings, request);
      http2.begun(); // behind it: a connection without a request would end
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  private static H2Connection start(
      ChannelHandlerContext http1, ServerConnection connection, ByteBuf first) {
    H2Connection http2 = connection.startHttp2();
    http1.fireChannelRead(first);
    var pipeline = http1.pipeline();
    pipeline.remove(http1.handler());
    pipeline.remove(Http1Decoder.class);
    return http2;
  }
}
