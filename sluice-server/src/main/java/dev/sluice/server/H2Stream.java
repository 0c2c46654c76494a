package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.HttpVersion;
import dev.sluice.RequestException;
import dev.sluice.StreamClosedException;
import dev.sluice.spi.Cancellation;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of HTTP/2, as its event loop sees it: a request and its body, then a handler or a
 * viewer, then perhaps the rest of a body that nobody wants.
 *
 * <p>Thread: the loop's, but what says otherwise.
 */
final class H2Stream implements ExchangeHome, ViewerHost {
  private static final ByteBuffer[] NOTHING = {};

  private final H2Connection connection;
  private final Http2Stream stream;
  private final H2Outlet outlet;
  private final SocketWriter writer;
  private final Following following;
  private @Nullable InboundQueue queue;
  private @Nullable Exchange exchange;
  private long bodyBytes;
  private boolean requestEnded;
  private boolean over;
  private long discardSince;
  private long discardedBytes;

  H2Stream(H2Connection connection, Http2Stream stream) {
    this.connection = connection;
    this.stream = stream;
    this.outlet = new H2Outlet(stream.id(), connection);
    this.following = new Following(connection.connection());
    this.writer = new SocketWriter(outlet, connection.loop(), connection.timeouts().write());
  }

  @Override
  public H2Outlet outlet() {
    return outlet;
  }

  Http2Stream netty() {
    return stream;
  }

  /** Starts the handler of a request. */
  void start(H2Heads.RequestHead head, Handler handler, boolean whole) {
    Server server = connection.server();
    requestEnded = whole;
    var cancellation = new Cancellation();
    boolean waits = !whole && head.headers().contains("Expect");
    var wire = new H2Wire(this, writer, server, waits);
    @Nullable RequestBody body = null;
    if (!whole) {
      int max = connection.limits().bodyBufferBytesMax();
      queue =
          new InboundQueue(
              max, Math.max(max / 4, 1), () -> connection.onLoop(this::returnConsumed));
      body =
          new RequestBody(queue, connection.timeouts().body(), waits ? wire::sendContinue : null);
    }
    var request =
        new ServerRequest(
            HttpVersion.HTTP_2,
            head.method(),
            head.target(),
            head.headers(),
            body,
            connection.connection(),
            cancellation,
            head.protocol());
    exchange = new Exchange(this, handler, request, wire, cancellation);
    server.startHandler(exchange);
  }

  // The request body.

  /**
   * Takes a piece of the body.
   *
   * @return how many bytes the client may send anew at once
   */
  int onData(ByteBuf data, boolean last) {
    int size = data.readableBytes();
    bodyBytes += size;
    requestEnded |= last;
    InboundQueue body = queue;
    if (body == null || discardSince != 0) {
      discardedBytes += size;
      boolean enough = discardedBytes > connection.limits().unreadBodyBytesMax();
      if (discardSince != 0 && enough && !last) {
        reset(Http2Error.NO_ERROR);
      }
      return size;
    }
    long max = connection.limits().bodyBytesMax();
    if (bodyBytes > max) {
      body.fail(() -> new RequestException(413, "a body of more than " + max + " bytes"));
      queue = null; // the rest is read away
      return size;
    }
    boolean kept = size > 0 && body.offerCopy(data);
    if (last) {
      body.end();
    }
    return kept ? 0 : size;
  }

  /** The request has ended with trailers. */
  void onTrailers() {
    requestEnded = true;
    if (queue != null) {
      queue.end();
    }
  }

  private void returnConsumed() {
    InboundQueue body = queue;
    int bytes = body == null ? 0 : body.takeConsumed();
    if (bytes > 0 && !over) {
      connection.codec().consumed(stream, bytes);
    }
  }

  // What handlers say, from their own threads.

  @Override
  public void closeWriter(StreamClosedException cause) {
    writer.close(cause);
  }

  @Override
  public void ended(Exchange done) {
    connection.onLoop(() -> onEnded(done));
  }

  /** A response is cut. */
  void abort(CloseReason reason) {
    outlet.close();
    connection.onLoop(() -> onAbort(reason));
  }

  /** A response follows a journal from here on. */
  void follow(Follow follow) {
    connection.onLoop(() -> onFollow(follow));
  }

  // And what follows from it.

  private void onEnded(Exchange done) {
    if (exchange == done) {
      exchange = null;
      connection.exchangeOver();
      afterResponse();
    }
  }

  private void afterResponse() {
    if (over) {
      return;
    }
    if (!outlet.ended()) {
      reset(Http2Error.INTERNAL_ERROR);
      return;
    }
    if (queue != null) {
      queue.discard();
      queue = null; // a reader's last report comes to nothing
    }
    if (!requestEnded) {
      discardSince = System.nanoTime();
      int unread = connection.codec().unreadBytes(stream);
      discardedBytes = unread;
      connection.codec().consumed(stream, unread);
    }
    connection.codec().closeLocal(stream);
  }

  private void onAbort(CloseReason reason) {
    if (queue != null) {
      queue.fail(() -> new StreamClosedException(reason, "the response was cut: " + reason, null));
    }
    boolean meant = reason == CloseReason.ABORTED || reason == CloseReason.WRITE_TIMEOUT;
    reset(meant ? Http2Error.CANCEL : Http2Error.INTERNAL_ERROR);
  }

  /** Ends the stream at once. */
  void reset(Http2Error error) {
    if (!over) {
      outlet.close();
      connection.codec().reset(stream.id(), error);
    }
  }

  private void onFollow(Follow follow) {
    exchange = null;
    connection.exchangeOver();
    if (queue != null) {
      queue.discard();
      queue = null; // nobody reads the body any more: it is read away
      connection.codec().consumed(stream, connection.codec().unreadBytes(stream));
    }
    if (over || connection.cutForShutdown()) {
      Following.tell(follow, over ? CloseReason.CLIENT_GONE : CloseReason.SHUTDOWN, 0);
      reset(Http2Error.INTERNAL_ERROR);
      return;
    }
    following.begin(follow, this);
  }

  @Override
  public void onFollowEnded(Viewer ended, CloseReason reason) {
    if (!following.end(ended, reason)) {
      return;
    }
    if (reason == CloseReason.COMPLETED || reason == CloseReason.RENEWED) {
      outlet.stageEnd(ended.trailers());
      writeEnd();
    } else {
      onAbort(reason);
    }
  }

  private void writeEnd() {
    try {
      outlet.write(NOTHING, 0, 0);
    } catch (IOException e) {
      return; // the connection is closed, or the stream reset
    }
    if (outlet.staged()) {
      outlet.whenWritable(this::writeEnd);
    } else {
      afterResponse();
    }
  }

  /** The codec has closed the stream, whatever for: who has not ended by then has no client. */
  void onClosed() {
    if (exchange != null || following.isOn()) {
      gone(CloseReason.CLIENT_GONE, "the stream is closed");
    }
    over = true;
  }

  /** The client has gone, or wants no more of it; or the codec has reset the stream. */
  void gone(CloseReason reason, String how) {
    if (over) {
      return;
    }
    over = true;
    outlet.close();
    outlet.forget();
    var cause = new StreamClosedException(reason, how, null);
    Exchange open = exchange;
    if (open != null) {
      open.cancel(reason, how);
    }
    writer.close(cause);
    if (queue != null) {
      long bytes = bodyBytes;
      queue.fail(() ->
          new StreamClosedException(
              reason, "%s after %d bytes of the request body".formatted(how, bytes), cause));
    }
    following.drop(reason);
  }

  void onCutForShutdown() {
    Exchange open = exchange;
    if (open != null) {
      open.cancel(CloseReason.SHUTDOWN, "the server is shutting down");
      open.wire().abort(CloseReason.SHUTDOWN);
    } else if (following.isOn()) {
      following.cut(CloseReason.SHUTDOWN);
    } else {
      reset(outlet.ended() ? Http2Error.NO_ERROR : Http2Error.INTERNAL_ERROR);
    }
  }

  void sweep(long now) {
    writer.sweep(now);
    following.sweep(now);
    if (discardSince != 0 && now - discardSince > connection.timeouts().unreadBody().toNanos()) {
      reset(Http2Error.NO_ERROR);
    }
  }
}
