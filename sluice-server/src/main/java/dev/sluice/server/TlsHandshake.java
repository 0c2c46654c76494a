package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection of TLS from its first byte to the end of the handshake. Then {@link TlsInput} takes
 * its place, and {@link DirectChannel#outlet} is TLS.
 *
 * <pre>
 *   SHAKE ──done──▶ OVER
 *     ├──no TLS, or it failed──▶ LINGER ──the client closes, time──▶ OVER
 *     └──the client goes, time, shutdown ─────────────────────────────▲
 * </pre>
 *
 * <p>What is computed for a handshake runs off the loop, and nothing is read meanwhile. LINGER has
 * said what is wrong, and leaves the client time to read that.
 *
 * <p>Thread: the loop's.
 */
final class TlsHandshake extends ChannelInboundHandlerAdapter implements Talker {

  private enum Mode {
    SHAKE,
    LINGER,
    OVER
  }

  private static final int BYTES_MAX = 128 * 1024;

  private final TlsContexts contexts;
  private final ServerConnection connection;
  private final DirectChannel channel;
  private final TlsRecords records;

  private Mode mode = Mode.SHAKE;
  private long modeSince = System.nanoTime();
  private @Nullable TlsEngine engine;
  private @Nullable TlsOutlet outlet;
  private boolean paused;
  private int bytesTaken;

  TlsHandshake(TlsContexts contexts, ServerConnection connection) {
    this.contexts = contexts;
    this.connection = connection;
    this.channel = connection.channel();
    this.records = new TlsRecords(channel.alloc());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    if (mode != Mode.SHAKE) {
      bytes.release();
      return;
    }
    records.add(bytes);
    advance(ctx);
    if (mode == Mode.SHAKE) {
      records.settle();
    }
  }

  private void advance(ChannelHandlerContext ctx) {
    try {
      if (engine == null) {
        begin(ctx);
      }
      TlsEngine tls = engine;
      TlsOutlet out = outlet;
      while (tls != null && out != null && mode == Mode.SHAKE && !paused && step(ctx, tls, out)) {
        // And the next one.
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  /** Makes an engine for those who have sent a record, and for nobody else: it takes memory. */
  private void begin(ChannelHandlerContext ctx) throws SSLException {
    int first = records.type();
    if (first == TlsRecords.HANDSHAKE) {
      if (records.record() != null) {
        var tls = new TlsEngine(contexts.newEngine(), channel.socket(), contexts.buffers());
        engine = tls;
        outlet = new TlsOutlet(channel, tls);
      }
    } else if (first >= 'A' && first <= 'Z') {
      answerHttp(ctx, first == 'H');
    } else {
      log("what the client sent is no TLS");
      close();
    }
  }

  /** Whether there may be more to do now. */
  private boolean step(ChannelHandlerContext ctx, TlsEngine tls, TlsOutlet out) throws IOException {
    switch (tls.status()) {
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        return unwrap(tls);
      }
      case NEED_WRAP -> {
        boolean said = out.flush();
        if (!said) {
          pause();
          out.whenWritable(() -> goOn(ctx));
        }
        return said;
      }
      case NEED_TASK -> runTasks(ctx, tls);
      case FINISHED, NOT_HANDSHAKING -> secured(ctx, tls, out);
    }
    return false;
  }

  /** Whether there was a record. */
  private boolean unwrap(TlsEngine tls) throws SSLException {
    ByteBuffer record = records.record();
    if (record == null) {
      return false;
    }
    bytesTaken += record.remaining();
    if (bytesTaken > BYTES_MAX) {
      throw new SSLException("more than " + BYTES_MAX + " bytes");
    }
    SSLEngineResult result = tls.unwrap(record, ByteBuffer.allocate(record.remaining()));
    records.skip(result.bytesConsumed());
    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      throw new SSLException("the client ended it");
    }
    return true;
  }

  private void runTasks(ChannelHandlerContext ctx, TlsEngine tls) {
    pause();
    try {
      contexts.compute(() -> {
        for (Runnable task = tls.task(); task != null && channel.isOpen(); task = tls.task()) {
          task.run(); // what fails in there is thrown by the engine's next step
        }
        channel.eventLoop().execute(() -> goOn(ctx));
      });
    } catch (RejectedExecutionException e) {
      close(); // the server has shut down
    }
  }

  /** Reads and does nothing until {@link #goOn}. */
  private void pause() {
    paused = true;
    channel.config().setAutoRead(false);
  }

  private void goOn(ChannelHandlerContext ctx) {
    paused = false;
    if (mode == Mode.SHAKE) {
      channel.config().setAutoRead(true);
      advance(ctx);
    }
  }

  private void secured(ChannelHandlerContext ctx, TlsEngine tls, TlsOutlet out) {
    enter(Mode.OVER);
    channel.outlet(out);
    var input = new TlsInput(tls, out, records);
    ctx.pipeline().replace(this, null, input);
    connection.secured(tls.clientCertificates());
    if (tls.protocol().equals("h2")) {
      connection.startHttp2();
    } else {
      connection.startHttp1();
    }
    ChannelHandlerContext place = ctx.pipeline().context(input);
    if (place != null) {
      input.advance(place);
      place.fireChannelReadComplete();
    }
  }

  // How it fails.

  private void failed(IOException cause) {
    log("the handshake failed: " + cause.getMessage());
    if (outlet != null) {
      outlet.sayWhy();
    }
    linger();
  }

  private void answerHttp(ChannelHandlerContext ctx, boolean headOnly) {
    var rejection = new Rejection(400, "this port speaks TLS: use " + url(channel.localAddress()));
    ServerLog.rejected(channel.remoteAddress(), rejection);
    enter(Mode.LINGER);
    var _ =
        ctx.writeAndFlush(Refusal.encode(rejection, headOnly))
            .addListener((ChannelFutureListener) written -> linger());
  }

  private static String url(InetSocketAddress here) {
    String host = here.getAddress().getHostAddress();
    return (host.contains(":") ? "https://[" + host + "]:" : "https://" + host + ":")
        + here.getPort()
        + "/";
  }

  private void linger() {
    if (mode == Mode.OVER) {
      return;
    }
    enter(Mode.LINGER);
    records.release();
    try {
      var _ = channel.socket().shutdownOutput();
    } catch (IOException e) {
      close();
    }
  }

  private void close() {
    enter(Mode.OVER);
    records.release();
    var _ = channel.close();
  }

  private void enter(Mode now) {
    mode = now;
    modeSince = System.nanoTime();
  }

  private void log(String what) {
    ServerLog.tls(channel.remoteAddress(), what);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && mode != Mode.OVER) {
      if (mode == Mode.SHAKE && (engine != null || records.readableBytes() > 0)) {
        log("the handshake failed: the client left");
      }
      close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    close();
    connection.closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      ServerLog.warn("a handshake of TLS failed", cause);
    }
    close();
  }

  @Override
  public void onDrain() {
    close();
  }

  @Override
  public void onCutForShutdown() {
    close();
  }

  @Override
  public void sweep(long now) {
    Timeouts timeouts = connection.server().options().timeouts();
    long inMode = now - modeSince;
    if (mode == Mode.SHAKE && inMode > timeouts.head().toNanos()) {
      log("the handshake failed: it did not end in time");
      close();
    } else if (mode == Mode.LINGER && inMode > timeouts.linger().toNanos()) {
      close();
    }
  }
}
