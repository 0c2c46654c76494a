package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Connection;
import dev.sluice.Headers;
import dev.sluice.HttpVersion;
import dev.sluice.StreamClosedException;
import dev.sluice.spi.Cancellation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 connection, as its event loop sees it.
 *
 * <pre>
 *          ┌───────────── the response has ended, and so has the request ◀──┐
 *          ▼                                                                │
 *   HEAD ──a request──▶ RESPONSE ──ended, body unread──▶ DISCARD ──its end──┘
 *     │                    │  ├──hijack──▶ HIJACKED          │ too much, too late
 *     │                    │  └──follow──▶ FOLLOW ─as RESPONSE│
 *     └──refused──┐        └──not reusable, cut──┐           │
 *                 └──────────▶ LINGER ◀──────────┴───────────┘ ──the client closes, time──▶ CLOSED
 * </pre>
 *
 * <p>LINGER has said that nothing more comes (a FIN) and reads on, so that the client can read the
 * last response before a reset could take it away.
 *
 * <p>Thread: everything is the loop's, but what says otherwise.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements Talker, ViewerHost {
  private enum Mode {
    HEAD,
    RESPONSE,
    DISCARD,
    LINGER,
    FOLLOW,
    HIJACKED,
    /** HTTP/2 speaks here. */
    LEFT,
    CLOSED
  }

  private final ServerConnection connection;
  private final Server server;
  private final ServerOptions options;
  private final DirectChannel channel;
  private final Http1Decoder decoder;
  private final SocketWriter writer;
  private final BodyIntake body;
  private final Mailbox mailbox;
  private final Following following;
  private final Http1Ending ending;

  private Mode mode = Mode.HEAD;
  private long modeSince = System.nanoTime();
  private long headSince;
  private boolean served;
  private boolean inputClosed;
  private boolean cutForShutdown;
  private boolean readPaused;
  private @Nullable Exchange exchange;
  private @Nullable Http1Wire wire;
  private @Nullable Runnable upgrading;

  Http1Connection(ServerConnection connection) {
    this.connection = connection;
    this.server = connection.server();
    this.following = new Following(connection);
    this.options = server.options();
    this.channel = connection.channel();
    this.decoder = new Http1Decoder(options.limits());
    this.writer =
        new SocketWriter(channel.outlet(), channel.eventLoop(), options.timeouts().write());
    this.body = new BodyIntake(options.limits());
    this.mailbox = new Mailbox(this, channel, writer, server);
    this.ending = new Http1Ending(channel, options.timeouts(), this::close);
  }

  /** What decodes for this connection; stands before it in the pipeline. */
  Http1Decoder decoder() {
    return decoder;
  }

  // What arrives.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    switch (message) {
      case Rejection rejection -> refuse(rejection);
      case H2Preface _ -> {
        enter(Mode.LEFT);
        H2Start.byPreface(ctx, connection);
      }
      case HttpRequest request -> onRequest(ctx, request);
      case HttpContent content -> onContent(content);
      case ByteBuf bytes -> onBytes(bytes);
      default -> ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    noteHead();
    updateReading();
  }

  private void noteHead() {
    if (mode == Mode.HEAD && headSince == 0 && decoder.inHead()) {
      headSince = System.nanoTime();
    }
  }

  private void onRequest(ChannelHandlerContext ctx, HttpRequest request) {
    Rejection rejection =
        server.handlers().isFlooded()
            ? server.handlers().rejection()
            : RequestChecks.check(request, options.limits());
    if (rejection != null) {
      ReferenceCountUtil.release(request);
      refuse(rejection);
      return;
    }
    Headers headers = headersOf(request);
    if (headers == null) {
      return;
    }
    Http2Settings upgrade = connection.secure() ? null : H2Upgrade.asked(request);
    if (upgrade != null) {
      upgrading = () -> upgrade(ctx, H2Upgrade.head(request, headers), upgrade);
      return; // when all of the request is there
    }
    enter(Mode.RESPONSE);
    served = true;
    boolean hasBody = RequestChecks.hasBody(request);
    HttpVersion version = ServerRequest.version(request);
    boolean expectsContinue =
        hasBody
            && version == HttpVersion.HTTP_1_1
            && request.headers().contains(HttpHeaderNames.EXPECT);
    var cancellation = new Cancellation();
    var way = new Http1Wire(mailbox, version, HttpUtil.isKeepAlive(request), expectsContinue);
    wire = way;
    @Nullable InboundQueue queue = hasBody ? newQueue() : null;
    body.begin(queue, RequestChecks.isChunked(request));
    @Nullable RequestBody stream =
        queue == null
            ? null
            : new RequestBody(
                queue, options.timeouts().body(), expectsContinue ? way::sendContinue : null);
    var decoded =
        new ServerRequest(
            version,
            request.method().name(),
            request.uri(),
            headers,
            stream,
            connection,
            cancellation,
            null);
    exchange = new Exchange(mailbox, server.handler(), decoded, way, cancellation);
    server.startHandler(exchange);
  }

  private @Nullable Headers headersOf(HttpRequest request) {
    try {
      return ServerRequest.headers(request);
    } catch (IllegalArgumentException e) {
      refuse(new Rejection(400, "a malformed header"));
      return null;
    }
  }

  private void upgrade(
      ChannelHandlerContext ctx, H2Heads.RequestHead request, Http2Settings settings) {
    enter(Mode.LEFT);
    try {
      H2Start.byUpgrade(ctx, connection, settings, request);
    } catch (IOException e) {
      gone("the upgrade failed: " + e.getMessage());
    }
  }

  private InboundQueue newQueue() {
    return new InboundQueue(options.limits().bodyBufferBytesMax(), mailbox::resumeReading);
  }

  void onResumeReading() {
    readPaused = false;
    decoder.resume(); // which may pause again
    updateReading();
    checkTruncated();
  }

  private void onContent(HttpContent content) {
    Runnable upgrade = upgrading;
    if (upgrade != null) {
      content.release();
      upgrading = null;
      upgrade.run();
      return;
    }
    switch (body.accept(content)) {
      case GO_ON -> {}
      case PAUSE -> {
        readPaused = true;
        decoder.pause();
        updateReading();
      }
      case COMPLETE -> {
        if (mode == Mode.DISCARD) {
          nextRequest();
        }
      }
      case BROKEN -> {
        if (mode == Mode.DISCARD) {
          linger();
        }
      }
    }
  }

  private void onBytes(ByteBuf bytes) {
    if (mode != Mode.HIJACKED) {
      bytes.release();
    } else if (body.acceptRaw(bytes)) {
      readPaused = true;
      updateReading();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      onInputClosed();
    }
  }

  private void onInputClosed() {
    inputClosed = true;
    ending.inputClosed();
    switch (mode) {
      case FOLLOW -> {
        if (!options.halfClose()) {
          leftByClient();
        }
      }
      case RESPONSE -> {
        if (options.halfClose()) {
          checkTruncated();
        } else {
          leftByClient();
        }
      }
      case HIJACKED -> body.end();
      case HEAD, DISCARD -> end();
      case LINGER -> ending.closeIfTaken();
      case LEFT, CLOSED -> {}
    }
  }

  /** A response became a viewer of a journal; the loop writes from here on. */
  void onFollow(Follow follow) {
    exchange = null;
    body.discard();
    if (mode != Mode.RESPONSE || cutForShutdown) {
      CloseReason reason = cutForShutdown ? CloseReason.SHUTDOWN : CloseReason.CLIENT_GONE;
      Following.tell(follow, reason, 0);
      if (mode != Mode.CLOSED) {
        cut(reason, follow.framing() instanceof BodyFraming.UntilClose);
      }
      return;
    }
    enter(Mode.FOLLOW);
    readPaused = false; // nobody reads the body any more: it is read away
    decoder.resume();
    updateReading();
    following.begin(follow, this);
  }

  @Override
  public Outlet outlet() {
    return channel.outlet();
  }

  @Override
  public void onFollowEnded(Viewer ended, CloseReason reason) {
    if (!following.end(ended, reason)) {
      return;
    }
    Follow follow = ended.follow();
    if (reason == CloseReason.COMPLETED || reason == CloseReason.RENEWED) {
      afterResponse(follow.persistent());
    } else {
      cut(reason, follow.framing() instanceof BodyFraming.UntilClose);
    }
  }

  /** A request whose body can never come to its end, the client having closed its side. */
  private void checkTruncated() {
    if (inputClosed && mode == Mode.RESPONSE && !body.complete() && !decoder.paused()) {
      gone("the client closed the connection");
    }
  }

  /** The client has gone: nobody is left to write to. */
  private void leftByClient() {
    if (wire != null && wire.endsWithConnection()) {
      channel.config().setSoLinger(0); // it may still read, and take a FIN for the body's end
    }
    gone("the client closed the connection");
  }

  private void gone(String how) {
    var cause = new StreamClosedException(CloseReason.CLIENT_GONE, how, null);
    if (mode == Mode.RESPONSE && exchange != null) {
      exchange.cancel(CloseReason.CLIENT_GONE, how); // first: a failed read must find it cancelled
    }
    body.gone(cause);
    writer.close(cause);
    following.cut(CloseReason.CLIENT_GONE);
    close();
  }

  private void close() {
    enter(Mode.CLOSED);
    var _ = channel.close(); // channelInactive tells when it is
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gone("the connection is closed");
    connection.closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      ServerLog.warn("a connection failed", cause);
    }
    gone("the connection failed: " + cause.getMessage());
  }

  // What follows a response.

  void onEnded(Exchange done) {
    if (exchange != done) {
      return;
    }
    exchange = null;
    if (mode == Mode.HIJACKED) {
      return;
    }
    body.discard();
    if (mode == Mode.RESPONSE) {
      afterResponse(wire != null && wire.persistent());
    }
  }

  private void afterResponse(boolean persistent) {
    if (!persistent || body.broken()) {
      linger();
    } else if (body.complete()) {
      nextRequest();
    } else {
      enter(Mode.DISCARD);
      body.discardAtMost(options.limits().unreadBodyBytesMax());
      readPaused = false;
      decoder.resume();
      updateReading();
    }
  }

  private void nextRequest() {
    if (mailbox.draining()) {
      linger();
      return;
    }
    enter(Mode.HEAD);
    headSince = 0;
    decoder.nextRequest();
    noteHead();
    updateReading();
    checkTruncated();
    if (inputClosed && mode == Mode.HEAD) {
      end();
    }
  }

  /** Says that nothing more comes, and reads on. */
  private void linger() {
    if (stopReading()) {
      ending.sayEnd();
      ending.linger();
    }
  }

  /** Reads for nobody any more; whether it did until now. */
  private boolean stopReading() {
    if (mode == Mode.LINGER || mode == Mode.CLOSED) {
      return false;
    }
    enter(Mode.LINGER);
    body.discard();
    channel.pipeline().remove(decoder); // nothing behind it is looked at
    readPaused = false;
    updateReading();
    return true;
  }

  /** Says that this is the end, and closes. */
  private void end() {
    ending.sayEnd();
    if (channel.outlet().drained()) {
      close();
    } else if (stopReading()) {
      ending.linger();
    }
  }

  void onAbort(CloseReason reason, boolean reset) {
    if (mode == Mode.RESPONSE) {
      cut(reason, reset);
    }
  }

  private void cut(CloseReason reason, boolean reset) {
    body.gone(new StreamClosedException(reason, "the response was cut: " + reason, null));
    boolean deaf = reason == CloseReason.WRITE_TIMEOUT || reason == CloseReason.INTERRUPTED;
    if (reset || deaf) {
      channel.config().setSoLinger(0);
      close();
    } else if (reason == CloseReason.CLIENT_GONE) {
      close();
    } else if (stopReading()) {
      ending.lingerCut();
    }
  }

  Connection onHijack() throws IOException {
    if (mode != Mode.RESPONSE) {
      throw new StreamClosedException(CloseReason.CLIENT_GONE, "the client has gone", null);
    }
    InboundQueue queue = body.toRaw(newQueue());
    enter(Mode.HIJACKED);
    connection.hijacked();
    writer.progressDeadline(Duration.ZERO);
    channel.pipeline().remove(decoder);
    updateReading();
    if (inputClosed) {
      queue.end();
    }
    return new HijackedConnection(channel, writer, queue);
  }

  @Override
  public void onDrain() {
    if (mode == Mode.HEAD && !decoder.inHead()) {
      end();
    }
  }

  @Override
  public void onCutForShutdown() {
    cutForShutdown = true;
    Exchange open = exchange;
    if (mode == Mode.RESPONSE && open != null) {
      open.cancel(CloseReason.SHUTDOWN, "the server is shutting down");
      open.wire().abort(CloseReason.SHUTDOWN);
    } else if (following.isOn()) {
      following.cut(CloseReason.SHUTDOWN);
    } else if (mode == Mode.DISCARD) {
      linger();
    } else if (mode == Mode.HEAD) {
      end();
    }
  }

  /** Answers for a handler that will not see the request; the loop owns the write side here. */
  private void refuse(Rejection rejection) {
    ServerLog.rejected(channel.remoteAddress(), rejection);
    if (stopReading()) {
      ending.lingerBehind(Refusal.encode(rejection, decoder.isHeadRequest()).nioBuffer());
    }
  }

  private void enter(Mode next) {
    mode = next;
    modeSince = System.nanoTime();
  }

  /** Reading stays armed, so that a client that goes is seen, until enough bytes wait. */
  private void updateReading() {
    boolean full = decoder.waitingBytesBeyond(options.limits().pipelinedBytesMax());
    channel
        .config()
        .setAutoRead(!readPaused && !(full && (mode == Mode.RESPONSE || mode == Mode.FOLLOW)));
  }

  @Override
  public void sweep(long now) {
    writer.sweep(now);
    Timeouts timeouts = options.timeouts();
    long inMode = now - modeSince;
    switch (mode) {
      case HEAD -> {
        if (headSince != 0 && now - headSince > timeouts.head().toNanos()) {
          refuse(new Rejection(408, "the request head did not arrive in time"));
        } else if (headSince == 0
            && inMode > (served ? timeouts.idle() : timeouts.head()).toNanos()) {
          end();
        }
      }
      case DISCARD -> {
        if (inMode > timeouts.unreadBody().toNanos()) {
          linger();
        }
      }
      case LINGER -> ending.sweep(now);
      case FOLLOW -> following.sweep(now);
      case RESPONSE, HIJACKED, LEFT, CLOSED -> {}
    }
  }
}
