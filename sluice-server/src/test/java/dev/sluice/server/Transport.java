package dev.sluice.server;

import java.io.IOException;
import java.net.InetSocketAddress;

/** What a contract runs over: one version of HTTP, in cleartext or over TLS. */
interface Transport {

  /** The options of a server that speaks it. */
  ServerOptions configure(ServerOptions options);

  /**
   * Connects.
   *
   * @param receiveBufferBytes of the client's socket; 0 for the system's choice
   */
  ContractClient connect(InetSocketAddress server, int receiveBufferBytes) throws IOException;
}
