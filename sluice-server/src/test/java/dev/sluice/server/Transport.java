package dev.sluice.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.SocketFactory;

/** What a contract runs over: one version of HTTP, in cleartext or over TLS. */
enum Transport {
  HTTP_1(false, false),
  HTTP_1_TLS(false, true),
  HTTP_2(true, false),
  HTTP_2_TLS(true, true);

  private final boolean http2;
  private final boolean secure;

  Transport(boolean http2, boolean secure) {
    this.http2 = http2;
    this.secure = secure;
  }

  /** Whether {@link Difference} tells of it what it tells of HTTP/2. */
  boolean http2() {
    return http2;
  }

  /** The options of a server that speaks it. */
  ServerOptions configure(ServerOptions options) {
    return secure ? TestTls.secured(options) : options;
  }

  /**
   * Connects; HTTP/2 in cleartext is spoken with prior knowledge.
   *
   * @param receiveBufferBytes of the client's socket, and of the windows of HTTP/2; 0 for the usual
   */
  ContractClient connect(InetSocketAddress server, int receiveBufferBytes) throws IOException {
    SocketFactory sockets =
        secure ? TestTls.sockets(http2 ? "h2" : "http/1.1") : SocketFactory.getDefault();
    return http2
        ? Http2ContractClient.connect(
            sockets, secure ? "https" : "http", server, receiveBufferBytes)
        : Http1ContractClient.connect(sockets, server, receiveBufferBytes);
  }
}
