package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.StreamClosedException;
import dev.sluice.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections of HTTP/1.1 that are used again, and those that must not be: A7, A13, A14, B8. */
final class Http1KeepAliveTest extends WireTest {

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
  }

  @Test
  void a_thousand_requests_share_one_connection() throws Exception {
    var opened = new CompletableFuture<Integer>();
    serve((request, response) -> {
      opened.complete(request.remoteAddress().getPort());
      assertEquals(opened.join(), request.remoteAddress().getPort());
      response.write(request.path());
      if (request.path().endsWith("7")) {
        response.flush();
        response.write("!");
      }
    });
    RawClient client = connect();
    for (int i = 0; i < 1000; i++) {
      client.send(get("/" + i));
      assertEquals("/" + i + (i % 10 == 7 ? "!" : ""), Reply.read(client).body());
    }
  }

  @Test
  void pipelined_requests_are_answered_in_order_and_one_at_a_time() throws Exception {
    int count = 16;
    serve((request, response) -> {
      assertEquals(1, server.handlersRunning());
      response.write(request.path());
      response.flush();
      response.write(new String(request.body().readAllBytes(), StandardCharsets.US_ASCII));
    });
    var requests = new StringBuilder();
    for (int i = 0; i < count; i++) {
      requests.append(
          i % 2 == 0
              ? get("/" + i)
              : "POST /%d HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody".formatted(i));
    }
    RawClient client = send(requests.toString());
    for (int i = 0; i < count; i++) {
      assertEquals("/" + i + (i % 2 == 0 ? "" : "body"), Reply.read(client).body());
    }
  }

  @Test
  void a_pipelined_request_waits_for_the_last_byte_of_the_response_before_it() throws Exception {
    var gate = new Gate();
    serve((request, response) -> {
      if (request.path().equals("/1")) {
        response.write("one");
        response.flush();
        gate.pass();
      }
      response.write("end");
    });
    RawClient client = send(get("/1") + get("/2"));
    client.readUntil("3\r\none\r\n");
    assertEquals(1, server.handlersRunning());
    gate.open();
    assertEquals("3\r\nend\r\n0\r\n\r\n", client.readUntil("0\r\n\r\n"));
    assertEquals("end", Reply.read(client).body());
  }

  @Test
  void requests_may_come_byte_by_byte() throws Exception {
    serve((request, response) -> response.write(request.path()));
    RawClient client = connect();
    for (char c : (get("/1") + get("/2")).toCharArray()) {
      client.send(Character.toString(c));
    }
    assertEquals("/1", Reply.read(client).body());
    assertEquals("/2", Reply.read(client).body());
  }

  @Test
  void A13_the_clients_close_is_honoured() throws Exception {
    serve((request, response) -> response.write("hi"));
    RawClient client = send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    var reply = Reply.read(client);
    assertTrue(reply.closes());
    assertEquals("hi", reply.body());
    client.expectEnd();
  }

  @Test
  void A13_the_handlers_close_is_honoured() throws Exception {
    serve((request, response) -> {
      response.header("Connection", "close");
      response.write("hi");
    });
    RawClient client = send(get("/1") + get("/2"));
    var reply = Reply.read(client);
    assertEquals(1, reply.headers().all("Connection").size());
    assertTrue(reply.closes());
    client.expectEnd();
  }

  @Test
  void A7_after_a_short_body_the_connection_is_not_used_again() throws Exception {
    serve((request, response) -> {
      assertEquals("/1", request.path());
      response.header("Date", "now").type("t/t").length(10);
      response.write("12345");
    });
    RawClient client = send(get("/1") + get("/2"));
    assertEquals(
        "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: t/t\r\nContent-Length: 10\r\n\r\n12345",
        client.readToEnd());
    server.expectLogged("5 of the declared 10");
  }

  @Test
  void A14_after_a_write_error_the_connection_is_closed_and_not_used_again() throws Exception {
    var failure = new CompletableFuture<StreamClosedException>();
    serve((request, response) -> {
      assertEquals("/1", request.path());
      response.interruptOnCancel(false);
      failure.complete(
          assertThrows(
              StreamClosedException.class,
              () -> {
                while (true) {
                  response.write("x");
                  response.flush();
                }
              }));
    });
    RawClient client = send(get("/1") + get("/2"));
    client.readUntil("\r\n\r\n");
    client.reset();
    assertFalse(failure.get(60, TimeUnit.SECONDS).getMessage().isEmpty());
    server.awaitHandlers();
    awaitNoConnections();
  }

  @Test
  void A8_after_a_status_without_a_body_the_connection_is_in_step() throws Exception {
    serve((request, response) -> {
      switch (request.path()) {
        case "/204" -> response.status(204);
        case "/304" -> response.status(304);
        default -> response.write("hi");
      }
    });
    RawClient client = send(get("/204") + get("/304") + get("/"));
    assertEquals(204, Reply.read(client).status());
    assertEquals(304, Reply.read(client).status());
    assertEquals("hi", Reply.read(client).body());
  }
}
