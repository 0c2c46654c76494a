package dev.sluice.server;

import java.io.Closeable;
import java.io.IOException;

/**
 * One connection to the server under test.
 *
 * <p>It reads from its socket only when an exchange is asked for something, so that a client that
 * is asked for nothing is a slow one.
 */
interface ContractClient extends Closeable {

  /** Sends a request; on HTTP/1 once the response before it has been read to its end. */
  ContractExchange send(ContractRequest request) throws IOException;

  /** Closes the sending side, and goes on receiving. */
  void halfClose() throws IOException;

  /** Sends a GET request. */
  default ContractExchange get(String path) throws IOException {
    return send(ContractRequest.get(path));
  }
}
