package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Feature;
import dev.sluice.Headers;
import dev.sluice.UnsupportedFeatureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What {@link Difference} says, row by row: the name of a test begins with the rule. */
abstract class DifferenceContract extends Contract {
  DifferenceContract(Transport transport) {
    super(transport);
  }

  private static List<String> names(Headers headers) {
    return StreamSupport.stream(headers.spliterator(), false).map(Headers.Field::name).toList();
  }

  /** A further request on the same connection is answered or not. */
  private void assertGoesOn(boolean expected, ContractClient client) throws IOException {
    if (expected) {
      assertTrue(client.get("/next").end().complete());
    } else {
      assertThrows(IOException.class, () -> client.get("/next").head());
    }
  }

  @Test
  void A2_names_of_fields() throws Exception {
    var exchange = get((request, response) -> response.header("X-Mixed-Case", "Value"));
    var names = names(exchange.head().headers());
    assertEquals(http2(), names.contains("x-mixed-case"), names::toString);
    assertEquals(!http2(), names.contains("X-Mixed-Case"), names::toString);
    assertEquals("Value", exchange.head().header("X-Mixed-Case"));
    assertTrue(exchange.end().complete());
  }

  @Test
  void A13_fields_of_the_connection() throws Exception {
    serve((request, response) -> {
      if (request.path().equals("/close")) {
        response.header("Connection", "close").header("Keep-Alive", "timeout=5");
        response.header("Proxy-Connection", "close");
      }
    });
    var client = connect();
    var exchange = client.get("/close");
    var head = exchange.head();
    assertEquals(!http2(), head.headers().contains("Connection"), head.toString());
    if (http2()) { // which our client would refuse
      assertFalse(head.headers().contains("Keep-Alive"), head.toString());
    }
    assertTrue(exchange.end().complete());
    assertGoesOn(http2(), client);
  }

  @Test
  void A10_a_body_without_a_declared_length() throws Exception {
    var exchange =
        get((request, response) -> {
          response.write("a");
          response.flush();
          response.write("b");
        });
    assertEquals(!http2(), exchange.head().headers().contains("Transfer-Encoding"));
    assertFalse(exchange.head().headers().contains("Content-Length"));
    assertEquals("ab", exchange.end().text());
  }

  @Test
  void E4_a_response_that_ends_before_its_time() throws Exception {
    var gate = new Gate();
    serve((request, response) -> {
      switch (request.path()) {
        case "/cut" -> {
          response.write("part");
          response.flush();
          response.abort("the test says so");
        }
        case "/short" -> {
          response.length(10);
          response.write("part");
        }
        case "/other" -> {
          response.write("whole, ");
          response.flush();
          gate.pass();
          response.write("too");
        }
        default -> response.write("next");
      }
    });
    for (String path : List.of("/cut", "/short")) {
      var client = connect();
      var cut = client.get(path);
      var body = cut.end();
      assertEquals("part", body.text());
      assertFalse(body.complete());
      assertGoesOn(http2(), client);
    }
    server.expectLogged("4 of the declared 10");
    if (http2()) {
      var client = connect();
      var other = client.get("/other");
      assertEquals("whole, ", other.read(7));
      assertFalse(client.get("/cut").end().complete());
      gate.open();
      assertEquals("too", other.end().text());
    }
  }

  @Test
  void E2_several_requests() throws Exception {
    var gate = new Gate();
    var order = new CopyOnWriteArrayList<String>();
    serve((request, response) -> {
      order.add("begin " + request.path());
      if (request.path().equals("/1")) {
        response.flush();
        gate.pass();
      }
      response.write("answer " + request.path());
      order.add("end " + request.path());
    });
    var client = connect();
    var first = client.get("/1");
    assertEquals(200, first.head().status());
    var second = client.get("/2");
    if (http2()) {
      assertEquals("answer /2", second.end().text());
    }
    gate.open();
    assertEquals("answer /1", first.end().text());
    if (!http2()) {
      assertEquals("answer /2", second.end().text());
    }
    assertEquals(http2() ? "begin /2" : "end /1", order.get(1), order::toString);
  }

  @Test
  void E3_a_client_that_closes_its_sending_side() throws Exception {
    var gate = new Gate();
    serve(
        options -> options.withHalfClose(true),
        (request, response) -> {
          response.interruptOnCancel(false);
          response.flush();
          gate.pass();
          if (http2()) {
            assertTrue(request.cancelled().await(Duration.ofSeconds(60)));
          }
          response.write("the rest");
        });
    var client = connect();
    var exchange = client.get("/");
    assertEquals(200, exchange.head().status());
    client.halfClose();
    gate.open();
    if (http2()) {
      server.awaitHandlers();
    }
    var body = exchange.end();
    assertEquals(!http2(), body.complete());
  }

  @Test
  void C5_a_large_body_that_was_left_unread() throws Exception {
    Duration linger = Duration.ofMillis(100);
    serve(
        options ->
            options.withTimeouts(options.timeouts().withEnding(Duration.ofSeconds(1), linger)),
        (request, response) -> response.write("enough"));
    var client = connect();
    var exchange = client.send(ContractRequest.upload("/"));
    Thread sender = Thread.ofPlatform().start(() -> sendUntilRefused(exchange));
    var body = exchange.end();
    assertEquals("enough", body.text());
    assertTrue(body.complete(), body.cutBy());
    sender.join();
    assertGoesOn(http2(), client);
  }

  private static void sendUntilRefused(ContractExchange exchange) {
    String part = "x".repeat(16 * 1024);
    try {
      while (true) {
        exchange.send(part);
      }
    } catch (IOException e) {
      // The server has had enough.
    }
  }

  @Test
  void C6_an_expected_body_that_was_left_unread() throws Exception {
    serve((request, response) -> response.status(403));
    var client = connect();
    var exchange = client.send(ContractRequest.upload("/").withHeader("Expect", "100-continue"));
    assertEquals(403, exchange.nextHead().status());
    assertTrue(exchange.end().complete());
    assertGoesOn(http2(), client);
  }

  @Test
  void D1_hijack() throws Exception {
    serve((request, response) -> {
      assertEquals(!http2(), response.supports(Feature.HIJACK));
      if (http2()) {
        var refused = assertThrows(UnsupportedFeatureException.class, response::hijack);
        assertEquals(Feature.HIJACK, refused.feature());
        response.write("still a response");
      } else {
        try (var connection = response.hijack()) {
          connection.out().write("raw".getBytes(StandardCharsets.US_ASCII));
        }
      }
    });
    var exchange = connect().get("/");
    if (http2()) {
      assertEquals("still a response", exchange.end().text());
    } else {
      assertThrows(IOException.class, exchange::head);
    }
  }

  @Test
  void D9_status_101() throws Exception {
    serve((request, response) -> {
      response.status(101).header("Connection", "Upgrade").header("Upgrade", "own");
      if (http2()) {
        assertThrows(IllegalStateException.class, response::flush);
        response.abort("the test says so");
      } else {
        response.hijack().close();
      }
    });
    var exchange = connect().get("/");
    if (http2()) {
      assertThrows(CutException.class, exchange::head);
    } else {
      assertEquals(101, exchange.head().status());
    }
  }
}
