package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What the codec has to say, on its way to the output: acknowledgements, windows, resets, GOAWAY.
 * It comes in pieces, which are whole frames when the codec flushes, and waits here while the
 * output is full. The codec bounds what may wait; before that the connection is not read.
 *
 * <p>Stands before the codec in the pipeline. Thread: the loop's.
 */
final class H2Controls extends ChannelOutboundHandlerAdapter {
  /** So many may wait before the client is not read any more. */
  private static final int WAITING_MAX = 64;

  private record Control(ByteBuf bytes, ChannelPromise promise) {}

  private final H2Output output;
  private final Runnable onStuck;
  private final Runnable onClose;
  private final Queue<Control> waiting = new ArrayDeque<>();
  private final Queue<ChannelPromise> written = new ArrayDeque<>();
  private boolean closes;
  private boolean holdsReads;
  private boolean over;

  /**
   * The controls of a connection.
   *
   * @param onStuck run when many of them wait
   * @param onClose run instead of a close that the codec asks for
   */
  H2Controls(H2Output output, Runnable onStuck, Runnable onClose) {
    this.output = output;
    this.onStuck = onStuck;
    this.onClose = onClose;
  }

  /** The next close is meant: it closes the connection. */
  void letClose() {
    closes = true;
  }

  /** The codec closes as soon as it has said why, before the client could read it. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (closes) {
      var _ = ctx.close(promise); // who asked has the promise
    } else {
      onClose.run();
      promise.trySuccess();
    }
  }

  /** Whether many of them wait. */
  boolean isStuck() {
    return waiting.size() > WAITING_MAX;
  }

  boolean holdsReads() {
    return holdsReads;
  }

  /** Keeps the codec from reading, which it does whatever the channel's options are. */
  void holdReads(boolean held) {
    holdsReads = held;
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (!holdsReads) {
      ctx.read();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (over) {
      ReferenceCountUtil.release(message);
      promise.setSuccess(); // nobody would hear it, and nobody has to do anything about that
    } else if (message instanceof ByteBuf bytes) {
      waiting.add(new Control(bytes, promise));
    } else {
      ReferenceCountUtil.release(message);
      promise.setFailure(new IllegalArgumentException("no bytes: " + message));
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    flush();
  }

  /** Sends what waits, if the output takes it. */
  void flush() {
    if (!waiting.isEmpty()) {
      output.lock();
      try {
        do {
          put();
          output.send();
        } while (!waiting.isEmpty() && !output.takesNothing());
      } catch (IOException e) {
        // The pipeline is told.
      } finally {
        output.unlock();
      }
    }
    tellWritten();
    if (isStuck()) {
      onStuck.run();
    }
  }

  /** Without the lock: who is told may close the connection. */
  private void tellWritten() {
    for (ChannelPromise promise = written.poll(); promise != null; promise = written.poll()) {
      var _ = promise.trySuccess();
    }
  }

  /** All or nothing: pieces of a frame must not be parted. With the lock. */
  private void put() throws IOException {
    int size = 0;
    for (Control control : waiting) {
      size += control.bytes().readableBytes();
    }
    ByteBuffer room = output.roomForCodec(size);
    if (room == null) {
      return;
    }
    for (Control control = waiting.poll(); control != null; control = waiting.poll()) {
      ByteBuf bytes = control.bytes();
      int limit = room.limit();
      bytes.readBytes(room.limit(room.position() + bytes.readableBytes()));
      room.limit(limit);
      bytes.release();
      written.add(control.promise());
    }
  }

  /** The end has been said: what waits is let go of, and what comes. */
  void closed() {
    if (over) {
      return;
    }
    over = true;
    for (Control control = waiting.poll(); control != null; control = waiting.poll()) {
      control.bytes().release();
      written.add(control.promise());
    }
    tellWritten();
  }
}
