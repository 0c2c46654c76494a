package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Feature;
import dev.sluice.Handler;
import dev.sluice.Headers;
import dev.sluice.HttpVersion;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** HTTP/1.0 clients: rules A10 and A13, and what they do not get of the others. */
final class Http10Test extends WireTest {
  private static final String GET_10 = "GET / HTTP/1.0\r\n\r\n";
  private static final String KEEP_ALIVE = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";

  private void serveDated(Handler handler) throws IOException {
    serve((request, response) -> {
      assertEquals(HttpVersion.HTTP_1_0, request.version());
      response.header("Date", "now").type("t/t");
      handler.handle(request, response);
    });
  }

  private static String lines(String bytes) {
    return bytes.replace("\r\n", "\n");
  }

  @Test
  void A10_without_a_length_the_bytes_are_raw_and_the_connection_ends_them() throws Exception {
    var gate = new Gate();
    serveDated((request, response) -> {
      response.write("hello");
      response.flush();
      gate.pass();
      response.write(" world");
    });
    RawClient client = send(KEEP_ALIVE);
    assertEquals(
        """
        HTTP/1.1 200 OK
        Date: now
        Content-Type: t/t
        X-Accel-Buffering: no
        Cache-Control: no-cache, no-transform
        X-Content-Type-Options: nosniff
        Incremental: ?1
        Connection: close

        hello\
        """,
        lines(client.readUntil("hello")));
    gate.open();
    assertEquals(" world", client.readToEnd());
  }

  @Test
  void A10_a_large_body_without_a_length_is_raw_too() throws Exception {
    String large = "x".repeat(100_000);
    serveDated((request, response) -> response.write(large));
    String bytes = send(GET_10).readToEnd();
    assertEquals(large, bytes.substring(bytes.indexOf("\r\n\r\n") + 4));
    assertFalse(bytes.contains("Transfer-Encoding"));
  }

  @Test
  void A13_a_connection_with_a_length_is_kept_if_the_client_asks() throws Exception {
    serveDated((request, response) -> response.write("hi"));
    RawClient client = connect();
    for (int i = 0; i < 3; i++) {
      client.send(KEEP_ALIVE);
      assertEquals(
          """
          HTTP/1.1 200 OK
          Date: now
          Content-Type: t/t
          Content-Length: 2
          Connection: keep-alive

          hi\
          """,
          lines(client.readUntil("hi")));
    }
  }

  @Test
  void A13_a_declared_length_keeps_the_connection_though_it_is_flushed() throws Exception {
    serveDated((request, response) -> {
      response.length(2);
      response.write("h");
      response.flush();
      response.write("i");
    });
    RawClient client = connect();
    for (int i = 0; i < 3; i++) {
      String bytes = client.send(KEEP_ALIVE).readUntil("hi");
      assertTrue(bytes.contains("Connection: keep-alive\r\n"), bytes);
    }
  }

  @Test
  void A13_a_connection_is_closed_if_the_client_does_not_ask() throws Exception {
    serveDated((request, response) -> response.write("hi"));
    String bytes = send(GET_10).readToEnd();
    assertTrue(bytes.contains("Content-Length: 2\r\nConnection: close\r\n"), bytes);
    assertTrue(bytes.endsWith("\r\n\r\nhi"), bytes);
  }

  @Test
  void A13_a_close_that_the_handler_sets_is_honoured() throws Exception {
    serveDated((request, response) -> {
      response.header("Connection", "close");
      response.write("hi");
    });
    String bytes = send(KEEP_ALIVE).readToEnd();
    assertEquals(1, Headers.copyOf(fields(bytes)).all("Connection").size(), bytes);
    assertEquals("close", fields(bytes).get("Connection"));
  }

  @Test
  void A12_the_answer_to_head_without_a_length_does_not_hang_the_client() throws Exception {
    serveDated((request, response) -> {
      response.flush();
      response.write("hi");
    });
    String bytes = send("HEAD / HTTP/1.0\r\n\r\n").readToEnd();
    assertTrue(bytes.endsWith("\r\n\r\n"), bytes);
  }

  @Test
  void trailers_and_interim_responses_are_dropped() throws Exception {
    serveDated((request, response) -> {
      assertFalse(response.supports(Feature.TRAILERS));
      assertFalse(response.supports(Feature.INTERIM));
      assertTrue(response.supports(Feature.FLUSH));
      response.inform(103, Headers.of("Link", "</a.css>"));
      response.declareTrailers("X-Sum");
      response.write("hi");
      response.trailers().set("X-Sum", "42");
    });
    assertEquals(
        """
        HTTP/1.1 200 OK
        Date: now
        Content-Type: t/t
        Content-Length: 2
        Connection: close

        hi\
        """,
        lines(send(GET_10).readToEnd()));
  }

  private static Headers fields(String response) {
    var fields = new Headers();
    String[] lines = response.substring(0, response.indexOf("\r\n\r\n")).split("\r\n", 0);
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(": ");
      fields.add(lines[i].substring(0, colon), lines[i].substring(colon + 2));
    }
    return fields;
  }
}
