package dev.sluice.server;

import dev.sluice.Handler;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A part of the rules of response streaming that holds for every version of HTTP. A subclass says
 * over what it runs; nothing in here knows.
 */
@ExtendWith(NettyLeaks.class)
abstract class Contract {
  /** Of a client that is soon full. */
  static final int TINY_BUFFER_BYTES = 4 * 1024;

  @RegisterExtension final TestServer server = new TestServer();
  private final Transport transport;

  Contract(Transport transport) {
    this.transport = transport;
  }

  final void serve(Handler handler) throws IOException {
    serve(UnaryOperator.identity(), handler);
  }

  final Server serve(UnaryOperator<ServerOptions> options, Handler handler) throws IOException {
    return server.start(transport.configure(options.apply(TestServer.options())), handler);
  }

  /** Whether this runs over HTTP/2; see {@link Difference}. */
  final boolean http2() {
    return transport.http2();
  }

  /** Connects a client, which is closed after the test. */
  final ContractClient connect() throws IOException {
    return connect(0);
  }

  /** Connects a client that takes little at a time. */
  final ContractClient connectTiny() throws IOException {
    return connect(TINY_BUFFER_BYTES);
  }

  /** Connects a client that takes about so much at a time. */
  final ContractClient connect(int bufferBytes) throws IOException {
    return server.closeAfter(transport.connect(server.address(), bufferBytes));
  }

  /** Serves a handler, and sends it a GET request. */
  final ContractExchange get(Handler handler) throws IOException {
    serve(handler);
    return connect().get("/");
  }
}
