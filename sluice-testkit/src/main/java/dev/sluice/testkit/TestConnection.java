package dev.sluice.testkit;

import dev.sluice.Connection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A hijacked connection without a network: it reads what the test has put there, and keeps what is
 * written.
 *
 * <p>Thread safety: as {@link Connection}.
 */
final class TestConnection implements Connection {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private volatile InputStream in = InputStream.nullInputStream();
  private volatile boolean closed;

  void receive(byte[] bytes) {
    in = new ByteArrayInputStream(bytes);
  }

  byte[] written() {
    return out.toByteArray();
  }

  boolean closed() {
    return closed;
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public void shutdownOutput() {}

  @Override
  public void readTimeout(Duration timeout) {}

  @Override
  public InetSocketAddress remoteAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
  }

  @Override
  public void close() {
    closed = true;
  }
}
