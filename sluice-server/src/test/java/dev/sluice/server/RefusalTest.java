package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;

/**
 * A test of heads that must be refused. Each is answered with the right status, once, readably, and
 * the connection ends; nothing that stands behind it is taken for a request; one line is logged.
 */
abstract class RefusalTest extends WireTest {
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";

  private final Queue<String> handled = new ConcurrentLinkedQueue<>();
  private final Handler handler =
      (request, response) -> {
        handled.add(request.method() + " " + request.target());
        request.body().readAllBytes();
      };

  @BeforeEach
  final void start() throws IOException {
    serve(handler);
  }

  final void assertRefused(String bytes, Integer... statuses) throws Exception {
    RawClient client = send(bytes + SMUGGLED);
    Reply reply = Reply.read(client);
    assertTrue(List.of(statuses).contains(reply.status()), reply::toString);
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
    assertEquals(List.of(), List.copyOf(handled));
    String line = access.awaitLine();
    assertTrue(line.contains(" " + reply.status() + " "), line);
    assertTrue(line.chars().allMatch(c -> c >= ' ' && c <= '~'), line);
  }
}
