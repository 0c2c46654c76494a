package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.Headers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rule A12: the answer to HEAD is that to GET without its body. */
abstract class HeadContract extends Contract {
  HeadContract(Transport transport) {
    super(transport);
  }

  @Test
  void A12_a_short_body_is_counted_and_dropped() throws Exception {
    assertSameHead((request, response) -> response.write("12345"), "5");
  }

  @Test
  void A12_nothing_written_is_a_length_of_0() throws Exception {
    assertSameHead((request, response) -> {}, "0");
  }

  @Test
  void A12_a_declared_length_is_kept_though_nothing_is_written() throws Exception {
    serve((request, response) -> response.length(1000));
    var exchange = connect().send(ContractRequest.of("HEAD", "/"));
    assertEquals("1000", exchange.head().header("Content-Length"));
    assertTrue(exchange.end().complete());
  }

  @Test
  void A12_a_long_body_has_no_length_as_with_get() throws Exception {
    assertSameHead(
        (request, response) -> {
          for (int i = 0; i < 100; i++) {
            response.write("x".repeat(1000));
          }
        },
        null);
  }

  @Test
  void A12_a_flushed_body_has_no_length_as_with_get() throws Exception {
    assertSameHead(
        (request, response) -> {
          response.write("x");
          response.flush();
          response.write("y");
        },
        null);
  }

  @Test
  void A12_a_flush_sends_the_head_at_once() throws Exception {
    var gate = new Gate();
    serve((request, response) -> {
      response.write("x");
      response.flush();
      gate.pass();
    });
    var exchange = connect().send(ContractRequest.of("HEAD", "/"));
    assertEquals(200, exchange.head().status());
    gate.open();
    assertTrue(exchange.end().complete());
  }

  /** Asks for both on one connection, which a body sent to HEAD would put out of step. */
  private void assertSameHead(Handler handler, @Nullable String length) throws IOException {
    serve((request, response) -> {
      response.header("Date", "now");
      handler.handle(request, response);
    });
    var client = connect();
    var head = client.send(ContractRequest.of("HEAD", "/"));
    Headers fields = head.head().headers();
    assertEquals(length, fields.get("Content-Length"));
    assertNull(fields.get("Transfer-Encoding"));
    assertEquals("", head.end().text());
    var get = client.get("/");
    Headers expected = Headers.copyOf(get.head().headers()).remove("Transfer-Encoding");
    assertEquals(expected.toString(), fields.toString());
    assertTrue(get.end().complete());
  }
}
