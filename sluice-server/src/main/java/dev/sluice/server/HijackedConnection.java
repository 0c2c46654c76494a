package dev.sluice.server;

import dev.sluice.Connection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** A connection without HTTP: read by the loop into a queue, written by the caller's thread. */
final class HijackedConnection implements Connection {
  private final DirectChannel channel;
  private final SocketWriter writer;
  private final InboundQueue queue;
  private volatile long readTimeoutNanos = Long.MAX_VALUE;

  HijackedConnection(DirectChannel channel, SocketWriter writer, InboundQueue queue) {
    this.channel = channel;
    this.writer = writer;
    this.queue = queue;
  }

  @Override
  public InputStream in() {
    return new In();
  }

  @Override
  public OutputStream out() {
    return new Out();
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.outlet().shutdownOutput();
  }

  @Override
  public void readTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("a negative timeout: " + timeout);
    }
    readTimeoutNanos = timeout.isZero() ? Long.MAX_VALUE : timeout.toNanos();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return channel.remoteAddress();
  }

  /** Over TLS an end is said, unless bytes still wait: then it is a cut, and looks like one. */
  @Override
  public void close() {
    queue.discard();
    Outlet outlet = channel.outlet();
    if (outlet.drained()) {
      try {
        outlet.shutdownOutput();
      } catch (IOException e) {
        // It is closed already.
      }
    }
    var _ = channel.close(); // idempotent; its end is not waited for
  }

  private final class In extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      try {
        return queue.read(target, offset, length, readTimeoutNanos);
      } catch (InterruptedException e) {
        throw InboundQueue.interrupted();
      }
    }

    @Override
    public int available() {
      return queue.available();
    }

    @Override
    public void close() {
      HijackedConnection.this.close();
    }
  }

  private final class Out extends OutputStream {
    private final ByteBuffer[] parts = new ByteBuffer[1];

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      parts[0] = ByteBuffer.wrap(bytes, offset, length);
      writer.write(parts, 1);
      writer.finish(channel.outlet()::drained); // so that it can be closed from here on
    }

    @Override
    public void close() {
      HijackedConnection.this.close();
    }
  }
}
