package dev.sluice.server;

import dev.sluice.Handler;
import dev.sluice.spi.OneShotSignal;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A running server.
 *
 * <p>It keeps the JVM alive until it is shut down.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Server implements AutoCloseable {
  private static final int BACKLOG = 1024;

  /** How many of those that are over the limit are told so at the same time. */
  private static final int REFUSED_MAX = 256;

  /** Enough to cut some thousand responses a few at a time. */
  private static final int RESERVE_BYTES = 1024 * 1024;

  private static final int LOOP_PATIENCE_SECONDS = 5;

  private final ServerOptions options;
  private final Handler handler;
  private final BufferPool bufferPool = new BufferPool();
  private final BodyWindows bodyWindows = BodyWindows.ofHeap();
  private final Handlers handlers;
  private final OneShotSignal draining = new OneShotSignal();
  private final Connections connections;
  private final AtomicInteger refused = new AtomicInteger();
  private final Map<EventLoop, LoopSweeper> sweepers = new ConcurrentHashMap<>();
  private final Map<EventLoop, ViewerGroups> viewers = new ConcurrentHashMap<>();
  private final @Nullable TlsContexts tls;
  private final ServerLoops loops;
  private final Channel listener;
  private final CountDownLatch shutDown = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /** Let go of when the server must end for want of memory: to end takes some. */
  @SuppressWarnings("unused")
  private volatile byte @Nullable [] reserve = new byte[RESERVE_BYTES];

  /** Made beforehand, too. */
  private final Thread failing = Thread.ofPlatform().name("sluice-end").unstarted(this::endFailed);

  private Server(ServerOptions options, Handler handler) throws IOException {
    this.options = options;
    this.handler = handler;
    this.connections = new Connections(options.limits().connectionsMax());
    TlsOptions secure = options.tls();
    this.tls = secure == null ? null : TlsContexts.start(secure, options.listen());
    this.handlers = new Handlers(options.limits().handlersMax());
    this.loops = new ServerLoops(options.loops(), this);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(DirectServerChannel::new)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                // One read per event: a connection that must not be read any more is found out
                // soon.
                new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1))
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(new Accept())
            .bind(options.listen())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      endLoops();
      throw new IOException(
          "cannot listen on " + options.listen() + ": " + bound.cause().getMessage(),
          bound.cause());
    }
    this.listener = bound.channel();
  }

  /**
   * Starts a server; when this returns it accepts connections.
   *
   * @param options where it listens, and its limits
   * @param handler answers all requests; a {@link dev.sluice.Router} chooses among several
   * @throws javax.net.ssl.SSLException if its certificates cannot be used; the message says why,
   *     and what to do
   * @throws IOException if it cannot listen on the address
   */
  public static Server start(ServerOptions options, Handler handler) throws IOException {
    return new Server(options, handler);
  }

  /** The address it listens on, with the port that was picked. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** The port it listens on. */
  public int port() {
    return address().getPort();
  }

  /**
   * Where it can be reached from this machine: {@code http://127.0.0.1:8080}, without a slash; with
   * TLS it is {@code https}.
   */
  public URI url() {
    var address = address().getAddress();
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
    boolean bracketed = address instanceof Inet6Address && !address.isAnyLocalAddress();
    String scheme = tls == null ? "http://" : "https://";
    return URI.create(scheme + (bracketed ? "[" + host + "]" : host) + ":" + port());
  }

  /**
   * The SHA-256 of the certificate that it shows to clients that name no other host, as {@code
   * AB:CD:…}.
   *
   * @throws IllegalStateException if it does not speak TLS
   */
  public String fingerprint() {
    return secured().fingerprint();
  }

  /**
   * When that certificate expires.
   *
   * @throws IllegalStateException if it does not speak TLS
   */
  public Instant certificateExpires() {
    return secured().notAfter();
  }

  private TlsContexts secured() {
    if (tls == null) {
      throw new IllegalStateException("this server does not speak TLS");
    }
    return tls;
  }

  /** How many connections are open, those that were hijacked not counted. */
  public int openConnections() {
    return connections.count();
  }

  /**
   * Shuts down: accepts no more, closes idle connections, raises {@link
   * dev.sluice.Request#draining}, waits for open responses, and cuts those that are left after the
   * grace period. Hijacked connections go on, and so do the loops until the last of them is closed.
   *
   * @param grace how long open responses may go on
   * @throws InterruptedException if the caller is interrupted; the shutdown then goes on without
   *     grace
   */
  public void shutdown(Duration grace) throws InterruptedException {
    if (!draining.raise()) {
      shutDown.await();
      return;
    }
    try {
      awaitLoop(listener.close());
      awaitAccepted();
      connections.forEach(ServerConnection::drain);
      connections.awaitNone(grace);
    } finally {
      cut();
    }
  }

  private void cut() throws InterruptedException {
    try {
      connections.forEach(ServerConnection::cutForShutdown);
      connections.awaitNone(options.timeouts().linger());
    } finally {
      try {
        connections.whenNoneHijacked(this::endLoops);
      } finally {
        shutDown.countDown();
      }
    }
  }

  /** What was accepted before the listener closed is still on its way to its loop. */
  private void awaitAccepted() {
    for (EventExecutor loop : loops) {
      awaitLoop(loop.submit(() -> {}));
    }
  }

  /** Not for ever: one that has no memory may never come to it. */
  private static void awaitLoop(Future<?> task) {
    var _ = task.awaitUninterruptibly(LOOP_PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void endLoops() {
    if (tls != null) {
      tls.close();
    }
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS); // nothing depends on its end
  }

  /**
   * An error has come out of an event loop: what it was about is half done, and the rest, too, can
   * not be relied on any more. Thread: that loop's.
   */
  void onLoopFailed(Throwable cause) {
    if (failure.compareAndSet(null, cause)) {
      handlers.refuseAll();
      reserve = null;
      failing.start();
    }
  }

  private void endFailed() {
    try {
      ServerLog.failed(failure.get());
    } catch (Error e) {
      // There is no memory even for that.
    }
    close(Duration.ZERO);
  }

  /** Waits until the server has been shut down, or has ended because of a {@link #failure}. */
  public void awaitShutdown() throws InterruptedException {
    shutDown.await();
  }

  /**
   * Why it ends by itself: an error in an event loop, mostly for want of memory, which is logged;
   * what was open is cut. Null if there was none.
   */
  public @Nullable Throwable failure() {
    return failure.get();
  }

  /** Shuts down with the grace period of the options. Idempotent. */
  @Override
  public void close() {
    close(options.timeouts().drain());
  }

  private void close(Duration grace) {
    try {
      shutdown(grace);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  ServerOptions options() {
    return options;
  }

  Handler handler() {
    return handler;
  }

  BufferPool bufferPool() {
    return bufferPool;
  }

  BodyWindows bodyWindows() {
    return bodyWindows;
  }

  Executor loops() {
    return loops;
  }

  OneShotSignal draining() {
    return draining;
  }

  Handlers handlers() {
    return handlers;
  }

  /** Runs an exchange on a virtual thread of its own. */
  void startHandler(Exchange exchange) {
    handlers.start(exchange);
  }

  /** How many handlers were started whose threads have not run yet. */
  int handlersWaiting() {
    return handlers.waiting();
  }

  /** A connection has become raw bytes. Thread: its loop's. */
  void hijacked(ServerConnection connection) {
    connections.hijacked(connection);
  }

  /** A connection is closed. Thread: its loop's. */
  void closed(ServerConnection connection) {
    connections.remove(connection);
  }

  private final class Accept extends ChannelInitializer<DirectChannel> {
    @Override
    protected void initChannel(DirectChannel channel) {
      ViewerGroups groups = viewers.computeIfAbsent(channel.eventLoop(), ViewerGroups::new);
      var connection = new ServerConnection(Server.this, channel, groups);
      if (!connections.tryAdd(connection)) {
        refuse(channel);
        return;
      }
      LoopSweeper sweeper = sweepers.computeIfAbsent(channel.eventLoop(), LoopSweeper::new);
      sweeper.add(connection);
      channel.closeFuture().addListener(closed -> sweeper.remove(connection));
      if (tls == null) {
        connection.startHttp1();
      } else {
        var handshake = new TlsHandshake(tls, connection);
        connection.talker(handshake);
        channel.pipeline().addLast(handshake);
      }
    }

    private void refuse(DirectChannel channel) {
      if (tls != null) {
        var _ = channel.close(); // a handshake is what must be spared
        return;
      }
      if (refused.incrementAndGet() > REFUSED_MAX) {
        refused.decrementAndGet();
        var _ = channel.close();
        return;
      }
      var _ = channel.closeFuture().addListener(closed -> refused.decrementAndGet());
      var rejection =
          new Rejection(
              503, "too many connections: " + options.limits().connectionsMax() + " are open");
      channel.pipeline().addLast(new RefusedConnection(rejection, options.timeouts().linger()));
    }
  }
}
