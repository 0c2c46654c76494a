package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The limit on open connections. */
final class ConnectionLimitTest extends WireTest {
  private Server limited;

  @BeforeEach
  void start() throws IOException {
    limited =
        serve(
            options -> options.withLimits(options.limits().withConnectionsMax(2)),
            (request, response) -> {
              if (request.path().equals("/raw")) {
                response.hijack().close();
              } else {
                response.write("fine");
              }
            });
  }

  private void fill() throws IOException, InterruptedException {
    connect();
    connect();
    Await.until("two connections", () -> limited.openConnections() == 2);
  }

  @Test
  void one_more_gets_a_503_without_asking() throws Exception {
    fill();
    RawClient client = connect();
    Reply reply = Reply.read(client);
    assertEquals(503, reply.status());
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
    assertTrue(access.awaitLine().contains(" 503 "), access.lines()::toString);
  }

  @RepeatedTest(5)
  void one_that_has_asked_can_read_it_too() throws Exception {
    fill();
    RawClient client = send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n");
    client.send(new byte[100_000]);
    assertEquals(503, Reply.read(client).status());
    client.expectEnd();
    access.awaitLine();
  }

  @Test
  void when_one_closes_another_is_served() throws Exception {
    RawClient first = connect();
    RawClient second = send(GET);
    assertEquals("fine", Reply.read(second).body());
    Await.until("two connections", () -> limited.openConnections() == 2); // the first, too
    first.close();
    Await.until("one connection", () -> limited.openConnections() == 1);
    assertEquals("fine", Reply.read(send(GET)).body());
    access.await(2);
  }

  @Test
  void one_that_was_hijacked_and_closed_does_not_count_any_more() throws Exception {
    for (int i = 0; i < 5; i++) {
      send("GET /raw HTTP/1.1\r\nHost: test\r\n\r\n").expectEnd();
    }
    access.await(5);
  }
}
