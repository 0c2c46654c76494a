package dev.sluice.bench.peers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Netty, bare, with epoll: the messages are written on the event loop, as many as the channel is
 * writable for, and then on from the next time it is; a gap is a task scheduled on the loop.
 */
final class NettyPeer extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final int BACKLOG = 4096;
  private static final int TURN_MESSAGES = 256;

  private StreamRequest stream;
  private Message message;
  private long written;
  private boolean scheduled;

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    String uri = request.uri();
    stream = StreamRequest.parse(uri.substring(uri.indexOf('?') + 1));
    message = new Message(stream.size());
    written = 0;
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN);
    HttpUtil.setTransferEncodingChunked(head, true);
    context.write(head);
    turn(context);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      turn(context);
    }
  }

  /** Writes what can be written now; called again when writable, after the gap or a yield. */
  private void turn(ChannelHandlerContext context) {
    if (stream == null || scheduled) {
      return;
    }
    for (int i = 0; written < stream.count(); i++) {
      if (!context.channel().isWritable()) {
        return;
      }
      if (i == TURN_MESSAGES || (i > 0 && !stream.gap().isZero())) {
        schedule(context);
        return;
      }
      written++;
      ByteBuf bytes = context.alloc().directBuffer(stream.size()).writeBytes(message.stamped());
      context.writeAndFlush(new DefaultHttpContent(bytes));
    }
    stream = null;
    context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private void schedule(ChannelHandlerContext context) {
    scheduled = true;
    Runnable next =
        () -> {
          scheduled = false;
          if (context.channel().isActive()) {
            turn(context);
          }
        };
    // Scheduled also when the gap is zero: the loop runs executed tasks for long before it reads.
    context.executor().schedule(next, stream.gap().toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  public static void main(String[] arguments) throws Exception {
    Channel listener =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory()))
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(0))
                        .addLast(new NettyPeer());
                  }
                })
            .bind("127.0.0.1", arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0)
            .sync()
            .channel();
    int port = ((InetSocketAddress) listener.localAddress()).getPort();
    System.out.println("http://127.0.0.1:" + port + "/");
  }
}
