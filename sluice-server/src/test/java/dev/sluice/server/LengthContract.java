package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules A5 to A9: how long a body is, and that it is no longer and no shorter. */
abstract class LengthContract extends Contract {
  LengthContract(Transport transport) {
    super(transport);
  }

  @Test
  void A5_a_malformed_content_length_is_refused_when_it_is_set() throws Exception {
    var exchange =
        get((request, response) -> {
          for (String length :
              new String[] {"-1", "abc", "", "1.5", "+1", "99999999999999999999"}) {
            assertThrows(
                IllegalArgumentException.class,
                () -> response.header("Content-Length", length),
                length);
          }
          assertThrows(IllegalArgumentException.class, () -> response.length(-1));
          response.write("fine");
        });
    assertEquals("4", exchange.head().header("Content-Length"));
    assertEquals("fine", exchange.end().text());
  }

  @Test
  void A6_a_write_beyond_the_declared_length_is_refused_whole() throws Exception {
    var exchange =
        get((request, response) -> {
          response.length(5);
          response.write("123");
          assertThrows(IllegalStateException.class, () -> response.write("456"));
          response.write("45");
          assertThrows(IllegalStateException.class, () -> response.write("6"));
        });
    assertEquals("5", exchange.head().header("Content-Length"));
    var body = exchange.end();
    assertEquals("12345", body.text());
    assertTrue(body.complete());
  }

  @Test
  void A7_fewer_bytes_than_declared_never_look_complete() throws Exception {
    var exchange =
        get((request, response) -> {
          response.length(10);
          response.write("12345");
        });
    assertEquals("10", exchange.head().header("Content-Length"));
    var body = exchange.end();
    assertEquals("12345", body.text());
    assertFalse(body.complete());
    server.expectLogged("5 of the declared 10");
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void A8_a_status_without_a_body_refuses_one(int status) throws Exception {
    var exchange =
        get((request, response) -> {
          response.status(status);
          assertThrows(
              IllegalStateException.class,
              () -> response.write("x".getBytes(StandardCharsets.US_ASCII)));
          response.write(new byte[0]);
        });
    assertEquals(status, exchange.head().status());
    assertNull(exchange.head().header("Content-Length"));
    assertNull(exchange.head().header("Transfer-Encoding"));
    assertEquals("", exchange.end().text());
  }

  @Test
  void A8_304_drops_content_type_and_length() throws Exception {
    var exchange =
        get((request, response) ->
            response.status(304).type("text/html").length(5).header("ETag", "\"1\""));
    var head = exchange.head();
    assertEquals("\"1\"", head.header("ETag"));
    assertNull(head.header("Content-Type"));
    assertNull(head.header("Content-Length"));
    assertNull(head.header("Transfer-Encoding"));
    assertTrue(exchange.end().complete());
  }

  @Test
  void A8_204_drops_the_length_and_keeps_the_type() throws Exception {
    var exchange = get((request, response) -> response.status(204).type("text/html").length(5));
    assertEquals("text/html", exchange.head().header("Content-Type"));
    assertNull(exchange.head().header("Content-Length"));
    assertTrue(exchange.end().complete());
  }

  @Test
  void A8_a_flush_sends_a_status_without_a_body_at_once() throws Exception {
    var gate = new Gate();
    var exchange =
        get((request, response) -> {
          response.status(204);
          response.flush();
          gate.pass();
        });
    assertEquals(204, exchange.head().status());
    assertNull(exchange.head().header("Transfer-Encoding"));
    gate.open();
    assertTrue(exchange.end().complete());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 8 * 1024})
  void A9_a_body_that_fits_the_buffer_gets_its_length(int size) throws Exception {
    var exchange =
        get((request, response) -> {
          for (int i = 0; i < size; i++) {
            response.write(new byte[] {'x'});
          }
        });
    assertEquals(Integer.toString(size), exchange.head().header("Content-Length"));
    assertEquals("x".repeat(size), exchange.end().text());
  }

  @Test
  void A9_nothing_written_is_a_length_of_0() throws Exception {
    var exchange = get((request, response) -> response.status(201));
    assertEquals("0", exchange.head().header("Content-Length"));
    assertTrue(exchange.end().complete());
  }

  @Test
  void A9_no_length_is_added_to_what_was_flushed_or_did_not_fit() throws Exception {
    serve((request, response) -> {
      response.write("x".repeat(request.path().equals("/large") ? 8 * 1024 + 1 : 1));
      if (request.path().equals("/flushed")) {
        response.flush();
      }
    });
    for (String path : new String[] {"/large", "/flushed"}) {
      var exchange = connect().get(path);
      assertNull(exchange.head().header("Content-Length"), path);
      assertTrue(exchange.end().complete());
    }
  }
}
