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
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
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
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

  private final ServerOptions options;
  private final Handler handler;
  private final BufferPool bufferPool = new BufferPool();
  private final BodyWindows bodyWindows = BodyWindows.ofHeap();
  private final OneShotSignal draining = new OneShotSignal();
  private final Connections connections;
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger handlersWaiting = new AtomicInteger();
  private final Map<EventLoop, LoopSweeper> sweepers = new ConcurrentHashMap<>();
  private final Map<EventLoop, ViewerGroups> viewers = new ConcurrentHashMap<>();
  private final ThreadFactory handlerThreads = Thread.ofVirtual().name("sluice-handler").factory();
  private final @Nullable TlsContexts tls;
  private final EventLoopGroup loops;
  private final Channel listener;
  private final CountDownLatch shutDown = new CountDownLatch(1);

  private Server(ServerOptions options, Handler handler) throws IOException {
    this.options = options;
    this.handler = handler;
    this.connections = new Connections(options.limits().connectionsMax());
    TlsOptions secure = options.tls();
    this.tls = secure == null ? null : TlsContexts.start(secure, options.listen());
    this.loops =
        new MultiThreadIoEventLoopGroup(
            options.loops(), new DefaultThreadFactory("sluice-loop"), NioIoHandler.newFactory());
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
    listener.close().awaitUninterruptibly();
    awaitAccepted();
    connections.forEach(ServerConnection::drain);
    try {
      connections.awaitNone(grace);
    } finally {
      connections.forEach(ServerConnection::cutForShutdown);
      try {
        connections.awaitNone(options.timeouts().linger());
      } finally {
        connections.whenNoneHijacked(this::endLoops);
        shutDown.countDown();
      }
    }
  }

  /** What was accepted before the listener closed is still on its way to its loop. */
  private void awaitAccepted() {
    for (EventExecutor loop : loops) {
      loop.submit(() -> {}).awaitUninterruptibly();
    }
  }

  private void endLoops() {
    if (tls != null) {
      tls.close();
    }
    var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS); // nothing depends on its end
  }

  /** Waits until the server has been shut down. */
  public void awaitShutdown() throws InterruptedException {
    shutDown.await();
  }

  /** Shuts down with the grace period of the options. Idempotent. */
  @Override
  public void close() {
    try {
      shutdown(options.timeouts().drain());
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

  /** Runs an exchange on a virtual thread of its own. */
  void startHandler(Exchange exchange) {
    handlersWaiting.incrementAndGet();
    handlerThreads
        .newThread(() -> {
          handlersWaiting.decrementAndGet();
          exchange.run();
        })
        .start();
  }

  /** How many handlers were started whose threads have not run yet. */
  int handlersWaiting() {
    return handlersWaiting.get();
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
