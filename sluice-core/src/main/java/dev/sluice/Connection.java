package dev.sluice;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A connection that was taken over from HTTP with {@link Response#hijack}: raw bytes both ways.
 *
 * <p>Whoever hijacked it must close it. It outlives the handler and a graceful shutdown of the
 * server.
 *
 * <p>Thread safety: one thread may read while another writes; closing is safe from any thread and
 * ends both.
 */
public interface Connection extends Closeable {

  /**
   * What the client sends; first of all the bytes that the server had already read. Reads block,
   * and return -1 once the client has closed its side.
   */
  InputStream in();

  /** To the client. Every write is sent at once; it blocks while the client is slow. */
  OutputStream out();

  /** Tells the client that nothing more comes (a TCP FIN), and goes on reading. */
  void shutdownOutput() throws IOException;

  /**
   * How long a read may wait; none at first.
   *
   * @param timeout the longest wait of one read, which then throws {@link
   *     java.net.SocketTimeoutException}; zero for no limit
   */
  void readTimeout(Duration timeout);

  /** The client's address. */
  InetSocketAddress remoteAddress();

  /** Closes both directions. Idempotent. */
  @Override
  void close() throws IOException;
}
