package dev.sluice.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose socket may be written by another thread than its event loop.
 *
 * <p>A non-blocking JDK channel allows that, and an interrupt does not close it. What the loop adds
 * is to say when the socket takes bytes again. Netty's own outbound buffer stays empty meanwhile;
 * see {@link SocketWriter} for who owns the write side when.
 */
final class DirectChannel extends NioSocketChannel {
  private @Nullable Runnable onWritable;
  private Outlet outlet = new SocketOutlet();

  DirectChannel(Channel parent, SocketChannel socket) {
    super(parent, socket);
  }

  /** Where bytes for the client go: the socket, or TLS above it. */
  Outlet outlet() {
    return outlet;
  }

  /** Puts TLS between responses and the socket, before there are any. Thread: the loop's. */
  void outlet(Outlet above) {
    outlet = above;
  }

  SocketChannel socket() {
    return javaChannel();
  }

  /**
   * Runs an action once, on the loop, when the socket takes bytes; never if it is closed before.
   *
   * <p>Thread: the loop's.
   */
  void whenWritable(Runnable action) {
    if (isRegistered() && isOpen()) {
      onWritable = action;
      addAndSubmit(NioIoOps.WRITE);
    }
  }

  @Override
  protected AbstractNioUnsafe newUnsafe() {
    return new DirectUnsafe();
  }

  private final class SocketOutlet implements Outlet {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return socket().write(bytes);
    }

    @Override
    public long write(ByteBuffer[] parts, int offset, int count) throws IOException {
      return count == 1 ? socket().write(parts[offset]) : socket().write(parts, offset, count);
    }

    @Override
    public void whenWritable(Runnable action) {
      DirectChannel.this.whenWritable(action);
    }

    @Override
    public WritableByteChannel fileTarget() {
      return socket(); // the kernel does it alone
    }

    @Override
    public boolean drained() {
      return true;
    }

    @Override
    public void shutdownOutput() throws IOException {
      socket().shutdownOutput();
    }

    @Override
    public boolean isOpen() {
      return socket().isOpen();
    }

    @Override
    public void close() {
      var _ = DirectChannel.this.close();
    }
  }

  private final class DirectUnsafe extends NioByteUnsafe {
    /**
     * Takes OP_WRITE for itself while someone waits for it. One who waited may have gone since;
     * then it can be Netty that has something to write.
     */
    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      Runnable action = onWritable;
      NioIoOps ready = ((NioIoEvent) event).ops();
      if (action == null || !ready.contains(NioIoOps.WRITE)) {
        super.handle(registration, event);
        return;
      }
      onWritable = null;
      action.run();
      if (!isOpen() || !isRegistered()) {
        return; // it was closed in there
      }
      ChannelOutboundBuffer pending = outboundBuffer();
      if (pending != null && !pending.isEmpty()) {
        super.handle(registration, event);
        return;
      }
      if (onWritable == null) { // or else it waits again
        removeAndSubmit(NioIoOps.WRITE);
      }
      NioIoOps others = ready.without(NioIoOps.WRITE);
      if (!others.equals(NioIoOps.NONE)) {
        NioIoEvent rest = () -> others;
        super.handle(registration, rest);
      }
    }
  }
}
