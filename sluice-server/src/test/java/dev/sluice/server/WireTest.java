package dev.sluice.server;

import dev.sluice.Handler;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A test of what HTTP/1 does on the wire. When its clients have gone, the server must have no open
 * connection left, whatever they did; then {@link TestServer} looks for the rest.
 */
@ExtendWith(NettyLeaks.class)
abstract class WireTest {
  static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

  @Order(1)
  @RegisterExtension
  final TestServer server = new TestServer();

  @Order(2)
  @RegisterExtension
  final AccessLog access = new AccessLog();

  private final List<Server> started = new ArrayList<>();
  private final List<RawClient> clients = new ArrayList<>();

  @AfterEach
  final void no_connection_stays_open() throws InterruptedException, IOException {
    for (RawClient client : clients) {
      client.close();
    }
    awaitNoConnections();
  }

  final Server serve(Handler handler) throws IOException {
    return serve(UnaryOperator.identity(), handler);
  }

  final Server serve(UnaryOperator<ServerOptions> options, Handler handler) throws IOException {
    Server one = server.closeAfter(server.start(options.apply(TestServer.options()), handler));
    started.add(one);
    return one;
  }

  /** Waits until every connection has been closed, those aside that were hijacked. */
  final void awaitNoConnections() throws InterruptedException {
    for (Server one : started) {
      Await.until("no open connection", () -> one.openConnections() == 0);
    }
  }

  final RawClient connect() throws IOException {
    return connect(RawClient.Options.DEFAULTS);
  }

  final RawClient connect(RawClient.Options options) throws IOException {
    RawClient client = RawClient.connect(server.address(), options);
    clients.add(client);
    return client;
  }

  /** Connects, and sends this. */
  final RawClient send(String bytes) throws IOException {
    return connect().send(bytes);
  }

  /** Bytes as one readable line. */
  static String shown(String bytes) {
    var text = new StringBuilder();
    for (int i = 0; i < bytes.length(); i++) {
      char c = bytes.charAt(i);
      switch (c) {
        case '\r' -> text.append("\\r");
        case '\n' -> text.append("\\n");
        default -> text.append(c >= ' ' && c <= '~' ? "" + c : "\\x%02x".formatted((int) c));
      }
    }
    return text.isEmpty() ? "(empty)" : text.toString();
  }
}
