package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * Decrypts for the handlers behind it, from the end of the handshake on. What they send does not
 * pass here: it goes to {@link DirectChannel#outlet}.
 *
 * <p>What has been read is decrypted and passed on at once; only the beginning of a record is kept.
 * A client that ends its side by TLS (close_notify) is a {@link ChannelInputShutdownEvent}, as one
 * that does so by TCP is in cleartext. One that does so by TCP alone has failed.
 *
 * <p>Thread: the loop's.
 */
final class TlsInput extends ChannelInboundHandlerAdapter {
  /**
   * So many changes of keys in a time. Each costs new keys for both directions and an answer, some
   * 30 µs, and the client 27 bytes. Clients need one for millions of records (RFC 8446 section
   * 5.5); but some send nothing else, since all they do is read.
   */
  private static final int KEY_CHANGES_MAX = 32;

  private static final long KEY_CHANGES_NANOS = 30_000_000_000L;

  private final TlsEngine engine;
  private final TlsOutlet outlet;
  private final TlsRecords records;
  private final boolean renegotiable;
  private boolean ended;
  private int keyChanges;
  private long keyChangesSince = System.nanoTime();

  TlsInput(TlsEngine engine, TlsOutlet outlet, TlsRecords records) {
    this.engine = engine;
    this.outlet = outlet;
    this.records = records;
    this.renegotiable = engine.renegotiable();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    if (!bytes.isReadable()) {
      ctx.fireChannelRead(bytes); // it has the handlers behind look again at what they hold
      return;
    }
    if (ended) {
      bytes.release();
      return;
    }
    records.add(bytes);
    advance(ctx);
  }

  /** Decrypts what has come, and passes it on. */
  void advance(ChannelHandlerContext ctx) {
    try {
      decrypt(ctx);
      records.settle();
    } catch (IOException e) {
      cut(ctx, e);
    }
    if (ended) {
      records.release();
    }
  }

  private void decrypt(ChannelHandlerContext ctx) throws IOException {
    ByteBuffer record = records.record();
    if (record == null) {
      return;
    }
    ByteBuf clear = ctx.alloc().buffer(records.readableBytes());
    try {
      while (record != null && !ended) {
        decrypt(record, clear);
        record = records.record();
      }
    } finally {
      if (clear.isReadable()) {
        ctx.fireChannelRead(clear);
      } else {
        clear.release();
      }
    }
    if (ended) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  private void decrypt(ByteBuffer record, ByteBuf clear) throws IOException {
    if (renegotiable && records.type() == TlsRecords.HANDSHAKE) {
      throw new SSLException("the client wants to renegotiate");
    }
    ByteBuffer target = clear.nioBuffer(clear.writerIndex(), clear.writableBytes());
    SSLEngineResult result = engine.unwrap(record, target);
    records.skip(result.bytesConsumed());
    clear.writerIndex(clear.writerIndex() + result.bytesProduced());
    Status status = result.getStatus();
    ended = status == Status.CLOSED;
    if (status == Status.OK) {
      if (result.bytesProduced() == 0) {
        answer(result.getHandshakeStatus());
      }
    } else if (!ended) {
      throw new SSLException("a record cannot be decrypted: " + status);
    }
  }

  /** Does what a record of TLS's own asks for. */
  private void answer(HandshakeStatus status) throws IOException {
    switch (status) {
      case NEED_WRAP, FINISHED -> countKeyChange(outlet.flush());
      case NEED_TASK -> throw new SSLException("the client shakes hands again");
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING -> {}
    }
  }

  /** Answers that wait for the client to read them are not forgotten by time. */
  private void countKeyChange(boolean answered) throws SSLException {
    long now = System.nanoTime();
    if (answered && now - keyChangesSince > KEY_CHANGES_NANOS) {
      keyChanges = 0;
      keyChangesSince = now;
    }
    keyChanges++;
    if (keyChanges > KEY_CHANGES_MAX) {
      throw new SSLException("the client changes its keys over and over");
    }
  }

  private void cut(ChannelHandlerContext ctx, IOException cause) {
    ServerLog.tls((InetSocketAddress) ctx.channel().remoteAddress(), "cut: " + cause.getMessage());
    outlet.sayWhy();
    ended = true;
    ctx.fireExceptionCaught(cause);
  }

  /** An end that TLS has not said can be anyone's: what came may not be whole. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof ChannelInputShutdownEvent)) {
      ctx.fireUserEventTriggered(event);
    } else if (!ended) {
      ended = true;
      records.release();
      ctx.fireExceptionCaught(new SSLException("the client closed the connection"));
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    records.release();
  }
}
