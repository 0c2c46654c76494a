package dev.sluice.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2Exception.StreamException;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Netty's codec for the receiving side of a connection and for its control frames, and what we ask
 * of it.
 *
 * <p>Thread: the loop's.
 */
final class H2Codec extends Http2ConnectionHandler {
  private static final int CONTROL_FRAMES_MAX = 10_000;
  private static final int EMPTY_FRAMES_MAX = 10;

  /** A proxy whose users come and go resets a few a second. */
  private static final int RESETS_MAX = 1_000;

  private static final int RESETS_SECONDS = 30;
  private static final char ENABLE_CONNECT_PROTOCOL = 8;

  private final H2Requests requests;
  private final H2ClosedStreams closed = new H2ClosedStreams();
  private @Nullable ChannelHandlerContext context;
  private boolean failed;

  private H2Codec(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      H2Requests requests) {
    super(decoder, encoder, settings, true);
    this.requests = requests;
    decoder.frameListener(requests);
    connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamClosed(Http2Stream stream) {
                closed.add(stream.id(), stream.isResetSent());
                requests.onStreamClosed(stream.id());
              }
            });
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    failed = true;
    super.onConnectionError(ctx, outbound, cause, error);
  }

  /** Where the codec is milder than the RFC, or says something else. */
  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx, boolean outbound, Throwable cause, StreamException error) {
    int id = error.streamId();
    Http2Stream stream = connection().stream(id);
    if (error instanceof HeaderListSizeException large
        && large.duringDecode()
        && !requests.isBegun(id)) {
      refuseHead(ctx, id, stream);
      return;
    }
    @Nullable Http2Error ofConnection = null;
    if (!outbound && stream == null && isOfHead(error)) {
      ofConnection = closed.errorOfHead(id);
    } else if (!outbound && stream != null && isBehindEnd(stream, error)) {
      if (requests.hasEnded(id)) { // which the codec learns a moment later
        ofConnection = Http2Error.STREAM_CLOSED;
      } else {
        var _ =
            encoder().writeRstStream(ctx, id, Http2Error.STREAM_CLOSED.code(), ctx.newPromise());
        return;
      }
    }
    if (ofConnection == null) {
      if (stream == null && !outbound && id > connection().remote().lastStreamCreated()) {
        rememberRefused(id);
      }
      super.onStreamError(ctx, outbound, cause, error);
    } else {
      var fatal = Http2Exception.connectionError(ofConnection, "HEADERS on stream %d", id);
      onConnectionError(ctx, false, fatal, fatal);
    }
  }

  /** A stream whose head could not be read: what follows on it is of a stream that was reset. */
  private void rememberRefused(int id) {
    try {
      var _ = connection().remote().createStream(id, false);
    } catch (Http2Exception e) {
      // It may not be: its reset is all that is said of it.
    }
  }

  private static boolean isOfHead(StreamException error) {
    return error.error() == Http2Error.STREAM_CLOSED
        && String.valueOf(error.getMessage()).startsWith("Received HEADERS");
  }

  /** Whether it is about a second head, the request having ended. */
  private boolean isBehindEnd(Http2Stream stream, StreamException error) {
    return stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE
        && String.valueOf(error.getMessage()).contains("too many headers")
        && requests.isBegun(stream.id());
  }

  static H2Codec make(Http2Connection streams, Limits limits, H2Requests requests) {
    return new Builder(streams, limits, requests).build();
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<H2Codec, Builder> {
    private final H2Requests requests;

    Builder(Http2Connection streams, Limits limits, H2Requests requests) {
      this.requests = requests;
      connection(streams);
      validateHeaders(true);
      decoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS);
      encoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS);
      encoderEnforceMaxQueuedControlFrames(CONTROL_FRAMES_MAX);
      decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_FRAMES_MAX);
      decoupleCloseAndGoAway(true);
      gracefulShutdownTimeoutMillis(0);
      var settings =
          new Http2Settings()
              .maxConcurrentStreams(limits.streamsMax())
              .initialWindowSize(limits.bodyBufferBytesMax())
              .maxHeaderListSize((long) limits.headerBytesMax() + limits.requestLineBytesMax());
      settings.put(ENABLE_CONNECT_PROTOCOL, Long.valueOf(1));
      initialSettings(settings);
    }

    @Override
    protected H2Codec build() {
      return super.build();
    }

    @Override
    protected H2Codec build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return new H2Codec(decoder, encoder, settings, requests);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext added = context;
    if (added == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return added;
  }

  void flushNow() {
    context().flush();
  }

  /** Lets the client have so many bytes of bodies under way, on all streams together. */
  void grantConnectionWindow(int bytes) {
    var flow = decoder().flowController();
    try {
      Http2Stream all = connection().connectionStream();
      int more = bytes - flow.windowSize(all);
      if (more > 0) {
        flow.incrementWindowSize(all, more);
      }
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  int unreadBytes(Http2Stream stream) {
    return decoder().flowController().unconsumedBytes(stream);
  }

  void consumed(Http2Stream stream, int bytes) {
    try {
      if (bytes > 0 && decoder().flowController().consumeBytes(stream, bytes)) {
        flushNow();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  void closeLocal(Http2Stream stream) {
    closeStreamLocal(stream, context().newSucceededFuture());
  }

  void reset(int id, Http2Error error) {
    var _ = resetStream(context(), id, error.code(), context().newPromise());
    flushNow();
  }

  /** Asks the client to begin no more requests; those that come all the same are served. */
  void goAway() {
    sayGoAway(Integer.MAX_VALUE);
  }

  /** Takes no more requests; the client knows which were taken. */
  void goAwayNow() {
    sayGoAway(connection().remote().lastStreamCreated());
  }

  private void sayGoAway(int last) {
    int before = connection().remote().lastStreamKnownByPeer();
    if (failed || (before >= 0 && last >= before)) {
      return; // it has been said, or an error was
    }
    var _ =
        goAway(
            context(),
            last,
            Http2Error.NO_ERROR.code(),
            Unpooled.EMPTY_BUFFER,
            context().newPromise());
    flushNow();
  }

  @Override
  public ChannelFuture resetStream(
      ChannelHandlerContext ctx, int id, long error, ChannelPromise promise) {
    requests.onReset(id);
    return super.resetStream(ctx, id, error, promise);
  }

  /** Of trailers, since heads are refused otherwise: the reset that follows says enough. */
  @Override
  protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {}

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    requests.onRead();
    super.channelReadComplete(ctx);
  }

  /** A head that is larger than the settings allow is answered: 431. */
  private void refuseHead(ChannelHandlerContext ctx, int id, @Nullable Http2Stream known) {
    try {
      if (requests.takesNoMore()) {
        throw Http2Exception.streamError(id, Http2Error.REFUSED_STREAM, "too many requests");
      }
      Http2Stream stream = known == null ? connection().remote().createStream(id, false) : known;
      requests.onHeadTooLarge(stream);
    } catch (Http2Exception e) {
      var _ = encoder().writeRstStream(ctx, id, e.error().code(), ctx.newPromise());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      requests.gone("the client closed the connection");
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof IOException) {
      requests.gone("the connection failed: " + cause.getMessage());
    } else {
      super.exceptionCaught(ctx, cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    requests.closed();
    super.channelInactive(ctx);
  }
}
