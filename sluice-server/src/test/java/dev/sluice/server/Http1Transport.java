package dev.sluice.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.SocketFactory;

/**
 * HTTP/1.1 over sockets of any kind.
 *
 * @param sockets makes unconnected ones
 */
record Http1Transport(SocketFactory sockets) implements Transport {

  static Http1Transport cleartext() {
    return new Http1Transport(SocketFactory.getDefault());
  }

  @Override
  public ServerOptions configure(ServerOptions options) {
    return options;
  }

  @Override
  public ContractClient connect(InetSocketAddress server, int receiveBufferBytes)
      throws IOException {
    return Http1ContractClient.connect(sockets, server, receiveBufferBytes);
  }
}
