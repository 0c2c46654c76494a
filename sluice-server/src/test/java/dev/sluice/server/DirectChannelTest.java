package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Waiting for a socket that can be written to; this one can at once. */
final class DirectChannelTest {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final CompletableFuture<DirectChannel> accepted = new CompletableFuture<>();
  private final Socket client = new Socket();
  private final LogWatch log = LogWatch.begin();

  @BeforeEach
  void connect() throws Exception {
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(DirectServerChannel::new)
            .childHandler(new Accept())
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
    client.connect(listener.localAddress());
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    log.end();
    assertEquals(List.of(), log.unexpected());
  }

  private final class Accept extends ChannelInitializer<DirectChannel> {
    @Override
    protected void initChannel(DirectChannel channel) {
      channel.eventLoop().execute(() -> accepted.complete(channel)); // once it is registered
    }
  }

  private DirectChannel channel() throws Exception {
    return accepted.get(60, TimeUnit.SECONDS);
  }

  @Test
  void who_waits_is_told_once() throws Exception {
    DirectChannel channel = channel();
    var told = new Gate();
    channel.eventLoop().execute(() -> channel.whenWritable(told::open));
    told.pass();
  }

  /** As a client does that takes a little and then is blocked again. */
  @Test
  void who_waits_again_when_it_is_told_is_told_again() throws Exception {
    DirectChannel channel = channel();
    var told = new Gate();
    Runnable again = () -> channel.whenWritable(() -> channel.whenWritable(told::open));
    channel.eventLoop().execute(() -> channel.whenWritable(again));
    told.pass();
  }

  @Test
  void who_is_told_may_close_the_channel() throws Exception {
    DirectChannel channel = channel();
    Runnable close =
        () -> {
          var _ = channel.close();
        };
    channel.eventLoop().execute(() -> channel.whenWritable(close));
    assertTrue(channel.closeFuture().await(60, TimeUnit.SECONDS));
    assertEquals(-1, client.getInputStream().read());
    channel.eventLoop().submit(() -> {}).sync();
  }
}
