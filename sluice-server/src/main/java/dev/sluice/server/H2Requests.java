package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * What the codec has decoded, as calls on streams.
 *
 * <p>Thread: the loop's.
 */
final class H2Requests extends Http2EventAdapter {
  private final H2Connection connection;

  H2Requests(H2Connection connection) {
    this.connection = connection;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean last)
      throws Http2Exception {
    onHeadersRead(ctx, id, headers, padding, last);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
      throws Http2Exception {
    H2Stream stream = connection.stream(id);
    if (stream == null) {
      onRequest(id, headers, last);
      return;
    }
    Http2Exception malformed = H2Heads.inTrailers(id, headers, last);
    if (malformed != null) {
      throw malformed;
    }
    stream.onTrailers();
  }

  private void onRequest(int id, Http2Headers fields, boolean whole) throws Http2Exception {
    if (connection.takesNoMore() || connection.server().handlers().isFlooded()) {
      throw Http2Exception.streamError(id, Http2Error.REFUSED_STREAM, "too many requests");
    }
    H2Heads.RequestHead head = H2Heads.request(id, fields);
    Rejection rejection = H2RequestChecks.check(head, connection.limits());
    Handler handler =
        rejection == null ? connection.server().handler() : new RefusingHandler(rejection);
    begin(connection.netty(id), head, handler, whole);
  }

  /** Starts the handler of a request. */
  void begin(Http2Stream stream, H2Heads.RequestHead head, Handler handler, boolean whole) {
    connection.add(stream).start(head, handler, whole);
    connection.holdReads();
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last) {
    H2Stream stream = connection.stream(id);
    int free = stream == null ? data.readableBytes() : stream.onData(data, last);
    return free + padding;
  }

  /** From here on the codec would count streams, and count those whose end it has not learnt. */
  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) {
    connection.countStreams();
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error) {
    H2Stream stream = connection.stream(id);
    if (stream != null) {
      stream.gone(CloseReason.CLIENT_GONE, "the client reset the stream");
    }
  }

  /** Whether a stream has a request. */
  boolean isBegun(int id) {
    return connection.stream(id) != null;
  }

  /** Whether all of the response has been sent. */
  boolean hasEnded(int id) {
    H2Stream stream = connection.stream(id);
    return stream != null && stream.outlet().ended();
  }

  boolean takesNoMore() {
    return connection.takesNoMore();
  }

  void onRead() {
    connection.onRead();
  }

  void onStreamClosed(int id) {
    H2Stream stream = connection.stream(id);
    if (stream != null) {
      stream.onClosed();
    }
    connection.noteIdle();
  }

  /** The codec resets a stream. */
  void onReset(int id) {
    connection.onReset(id);
  }

  /** A request's head was larger than the settings allow. */
  void onHeadTooLarge(Http2Stream stream) {
    var rejection = new Rejection(431, "request headers are too large");
    var head = new H2Heads.RequestHead("GET", "/", Headers.of("Host", "unknown"), null);
    begin(stream, head, new RefusingHandler(rejection), false); // its body is let go of
  }

  void gone(String how) {
    connection.gone(how);
  }

  void closed() {
    connection.closed();
  }
}
