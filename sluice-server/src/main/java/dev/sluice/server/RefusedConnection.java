package dev.sluice.server;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection over the limit: it is told so, and closed when the client has had time to read it. A
 * close at once would reset away the answer to a client that has sent its request already.
 *
 * <p>Thread: the loop's.
 */
final class RefusedConnection extends ChannelInboundHandlerAdapter {
  private final Rejection rejection;
  private final Duration linger;

  RefusedConnection(Rejection rejection, Duration linger) {
    this.rejection = rejection;
    this.linger = linger;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    DirectChannel channel = (DirectChannel) context.channel();
    ServerLog.rejected(channel.remoteAddress(), rejection);
    var _ =
        channel
            .writeAndFlush(Refusal.encode(rejection, false))
            .addListener(
                (ChannelFutureListener)
                    written -> {
                      var _ = channel.shutdownOutput();
                    });
    Runnable close =
        () -> {
          var _ = channel.close();
        };
    var _ = channel.eventLoop().schedule(close, linger.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      var _ = context.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }
}
