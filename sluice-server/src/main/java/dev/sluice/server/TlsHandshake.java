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
  private boolean taskRuns;
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
    if (engine != null || begin(ctx)) {
      advance(ctx);
    }
    if (mode == Mode.SHAKE) {
      records.settle();
    }
  }

  /** Looks at the first byte: an engine is made for those who speak TLS only. */
  private boolean begin(ChannelHandlerContext ctx) {
    int first = records.type();
    if (first != TlsRecords.HANDSHAKE) {
      records.release();
      if (first >= 'A' && first <= 'Z') {
        answerHttp(ctx, first == 'H');
      } else if (first >= 0) {
        log("what the client sent is no TLS");
        close();
      }
      return false;
    }
    try {
      var tls = new TlsEngine(contexts.newEngine(), channel.socket(), contexts.buffers());
      engine = tls;
      outlet = new TlsOutlet(channel, tls);
      return true;
    } catch (SSLException e) {
      ServerLog.warn("there is no TLS to be had", e);
      close();
      return false;
    }
  }

  private void advance(ChannelHandlerContext ctx) {
    TlsEngine tls = engine;
    TlsOutlet out = outlet;
    if (tls == null || out == null) {
      return;
    }
    try {
      while (mode == Mode.SHAKE && !taskRuns && step(ctx, tls, out)) {
        // And the next one.
      }
    } catch (IOException e) {
      failed(e, out);
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
          out.whenWritable(() -> advance(ctx));
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
    taskRuns = true;
    channel.config().setAutoRead(false);
    try {
      contexts.compute(() -> {
        for (Runnable task = tls.task(); task != null && channel.isOpen(); task = tls.task()) {
          task.run(); // what fails in there is thrown by the engine's next step
        }
        channel.eventLoop().execute(() -> onTasksDone(ctx));
      });
    } catch (RejectedExecutionException e) {
      close(); // the server has shut down
    }
  }

  private void onTasksDone(ChannelHandlerContext ctx) {
    taskRuns = false;
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

  private void failed(IOException cause, TlsOutlet out) {
    log("the handshake failed: " + cause.getMessage());
    records.release();
    out.sayWhy();
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
      if (mode == Mode.SHAKE && engine != null) {
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
