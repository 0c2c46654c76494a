package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's request decoder, one request at a time: behind the end of a request it stops until {@link
 * #nextRequest}, so that the bytes there stay bytes. A hijack needs them.
 *
 * <p>A connection that begins with the preface of HTTP/2 comes out as {@link H2Preface#SEEN}.
 *
 * <p>A head is looked at by {@link HeadScanner} before it is decoded; one that it refuses comes out
 * as a {@link Rejection}, and nothing after it.
 *
 * <p>Thread: the loop's.
 */
final class Http1Decoder extends HttpRequestDecoder {
  private final HeadScanner scanner;
  private boolean first = true;
  private boolean atHead = true;
  private boolean begun;
  private boolean held;
  private boolean paused;
  private @Nullable ChannelHandlerContext context;

  Http1Decoder(Limits limits) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.requestLineBytesMax())
            .setMaxHeaderSize(limits.headerBytesMax())
            .setMaxChunkSize(limits.bodyBufferBytesMax())
            .setInitialBufferSize(64));
    this.scanner = new HeadScanner(limits);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  /** Whether the first bytes of a head have come, but not its end. */
  boolean inHead() {
    return atHead && (begun || scanner.begun());
  }

  /** Whether more bytes than that wait behind what was decoded. */
  boolean waitingBytesBeyond(int bytes) {
    return actualReadableBytes() > bytes;
  }

  /** Decodes the request behind the one that is done. */
  void nextRequest() {
    first = false;
    held = false;
    atHead = true;
    scanner.reset();
    decodeWaiting();
  }

  /** Whether the request whose head has come is known to be HEAD. */
  boolean isHeadRequest() {
    return scanner.isHeadRequest();
  }

  /** Whether decoding waits for {@link #resume}. */
  boolean paused() {
    return paused;
  }

  /** Stops before the next piece of a body, until {@link #resume}. */
  void pause() {
    paused = true;
  }

  void resume() {
    if (paused) {
      paused = false;
      decodeWaiting();
    }
  }

  private void decodeWaiting() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !ctx.isRemoved() && waitingBytesBeyond(0)) {
      ctx.pipeline().fireChannelRead(Unpooled.EMPTY_BUFFER);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (held || paused) {
      return;
    }
    if (atHead) {
      if (first && H2Preface.isBegunBy(in)) {
        if (H2Preface.isWhole(in)) {
          held = true;
          in.skipBytes(H2Preface.LENGTH);
          out.add(H2Preface.SEEN);
        }
        begun = true;
        return;
      }
      begun = false;
      if (!scanner.scan(in)) {
        return;
      }
      atHead = false;
      Rejection rejection = scanner.rejection();
      if (rejection != null) {
        held = true;
        in.skipBytes(in.readableBytes()); // nothing after it can be trusted
        out.add(rejection);
        return;
      }
    }
    super.decode(ctx, in, out);
    if (!out.isEmpty() && endsMessage(out.getLast())) {
      held = true;
    }
  }

  private static boolean endsMessage(Object decoded) {
    return decoded instanceof LastHttpContent
        || (decoded instanceof HttpMessage message && message.decoderResult().isFailure());
  }

  /**
   * The client has closed its sending side. Netty would drop here what was not decoded yet; a
   * request that was sent ahead is still to be answered.
   */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ctx.fireUserEventTriggered(event);
  }

  /** The end of the connection completes nothing: an unfinished request is just that. */
  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {}
}
