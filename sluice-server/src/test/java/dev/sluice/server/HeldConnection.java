package dev.sluice.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;

/**
 * A connection of a server whose writes a test can hold, and which nobody sweeps: what a sweep
 * would put right by and by stays wrong. Its event loop is its own.
 *
 * <p>Thread safety: all methods.
 */
final class HeldConnection implements AutoCloseable {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final CompletableFuture<ServerConnection> accepted = new CompletableFuture<>();
  private final CompletableFuture<HeldOutlet> held = new CompletableFuture<>();
  private final Server server;
  private final boolean speaks;
  private final Channel listener;
  private final Http2Frames client;

  private HeldConnection(Server server, boolean speaks) throws Exception {
    this.server = server;
    this.speaks = speaks;
    this.listener =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(DirectServerChannel::new)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(new Accept())
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    var address = (InetSocketAddress) listener.localAddress();
    this.client = Http2Frames.connect(SocketFactory.getDefault(), address, 0);
  }

  /** One on which the server speaks HTTP. */
  static HeldConnection to(Server server) throws Exception {
    return new HeldConnection(server, true);
  }

  /** One on which it says nothing by itself. */
  static HeldConnection mute(Server server) throws Exception {
    return new HeldConnection(server, false);
  }

  private final class Accept extends ChannelInitializer<DirectChannel> {
    @Override
    protected void initChannel(DirectChannel channel) {
      held.complete(HeldOutlet.above(channel));
      var connection = new ServerConnection(server, channel, new ViewerGroups(channel.eventLoop()));
      if (speaks) {
        connection.startHttp1();
      }
      channel.eventLoop().execute(() -> accepted.complete(connection)); // once it is registered
    }
  }

  /** The client's side. */
  Http2Frames client() {
    return client;
  }

  ServerConnection connection() throws Exception {
    return accepted.get(60, TimeUnit.SECONDS);
  }

  DirectChannel channel() throws Exception {
    return connection().channel();
  }

  HeldOutlet outlet() throws Exception {
    return held.get(60, TimeUnit.SECONDS);
  }

  /** Has the loop do something, and waits for it, and for what was posted before. */
  void onLoop(Runnable task) throws Exception {
    channel().eventLoop().submit(task).sync();
  }

  /** Waits until the loop has done what it had to, and what came of that. */
  void awaitLoop() throws Exception {
    for (int i = 0; i < 4; i++) {
      onLoop(() -> {});
    }
  }

  /** Sweeps it, at this time. */
  void sweep(long now) throws Exception {
    ServerConnection connection = connection();
    onLoop(() -> connection.sweep(now));
  }

  /** The loop is ended last: of a channel that is closed by that the file may stay open. */
  @Override
  public void close() throws IOException {
    held.join().letAllGo();
    client.close();
    DirectChannel channel = accepted.join().channel();
    if (!speaks) {
      var _ = channel.close();
    }
    channel.closeFuture().syncUninterruptibly();
    listener.close().syncUninterruptibly();
    loops.submit(() -> {}).syncUninterruptibly();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
