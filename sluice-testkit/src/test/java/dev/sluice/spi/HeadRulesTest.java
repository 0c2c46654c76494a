package dev.sluice.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.HttpVersion;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Status, headers and framing: the rules A1 to A12 and A17. */
final class HeadRulesTest {
  private static final TestRequest REQUEST = TestRequest.get("/");

  @Test
  void A1_the_first_write_implies_status_200_also_one_of_no_bytes() {
    var exchange =
        run((request, response) -> {
          assertFalse(response.committed());
          response.write(new byte[0]);
          assertTrue(response.committed());
          assertThrows(IllegalStateException.class, () -> response.status(404));
        });
    assertEquals(200, exchange.status());
  }

  @Test
  void A2_headers_cannot_be_changed_once_the_status_is_committed() {
    run((request, response) -> {
      response.header("X", "1");
      response.write("a");
      var e = assertThrows(IllegalStateException.class, () -> response.header("X", "2"));
      assertTrue(e.getMessage().contains("cannot change X"), e.getMessage());
      assertThrows(IllegalStateException.class, () -> response.headers().remove("X"));
    });
  }

  @Test
  void A3_a_second_final_status_is_an_error_that_names_both() {
    run((request, response) -> {
      response.status(201);
      var e = assertThrows(IllegalStateException.class, () -> response.status(404));
      assertTrue(e.getMessage().contains("201"), e.getMessage());
      assertTrue(e.getMessage().contains("404"), e.getMessage());
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 99, 1000, 100, 103})
  void A4_a_status_that_is_none_is_refused_and_a_later_one_works(int status) {
    var exchange =
        run((request, response) -> {
          assertThrows(IllegalArgumentException.class, () -> response.status(status));
          assertEquals(200, response.status());
          response.status(404);
        });
    assertEquals(404, exchange.status());
  }

  @Test
  void A5_a_length_that_is_none_is_refused_when_it_is_set() {
    run((request, response) -> {
      assertThrows(IllegalArgumentException.class, () -> response.length(-1));
      assertThrows(IllegalArgumentException.class, () -> response.header("Content-Length", "1.5"));
      response.length(1).write("a");
    });
  }

  @Test
  void A6_a_write_that_would_exceed_the_declared_length_is_refused_whole() {
    var exchange =
        run((request, response) -> {
          response.length(5).write("abc");
          assertThrows(IllegalStateException.class, () -> response.write("def"));
          response.write("de");
        });
    assertEquals("abcde", exchange.body());
    assertEquals("5", exchange.headers().get("Content-Length"));
    assertTrue(exchange.complete());
  }

  @Test
  void A7_fewer_bytes_than_declared_are_never_a_complete_response() {
    var exchange = run((request, response) -> response.length(5).write("abc"));
    assertEquals("abc", exchange.body());
    assertFalse(exchange.complete());
    assertEquals(CloseReason.HANDLER_FAILED, exchange.closeReason());
    assertEquals("the body ended after 3 of the declared 5 bytes", exchange.failure().getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304, 101})
  void A8_statuses_without_a_body_refuse_one_and_drop_its_headers(int status) {
    var exchange =
        run((request, response) -> {
          response.status(status).type("text/plain").header("Transfer-Encoding", "chunked");
          response.length(3);
          assertThrows(IllegalStateException.class, () -> response.write(new byte[] {1, 2, 3}));
        });
    assertEquals(status, exchange.status());
    assertNull(exchange.headers().get("Content-Length"));
    assertNull(exchange.headers().get("Transfer-Encoding"));
    assertEquals(status == 304 ? null : "text/plain", exchange.headers().get("Content-Type"));
    assertEquals("", exchange.body());
    assertTrue(exchange.complete());
  }

  @Test
  void A9_a_body_that_is_still_held_back_at_the_end_gets_its_length() {
    var exchange =
        run((request, response) -> {
          response.write("x".repeat(4096));
          response.write("y".repeat(4096));
        });
    assertEquals("8192", exchange.headers().get("Content-Length"));
    assertEquals(1, exchange.pieces().size());
  }

  @Test
  void A9_nothing_written_is_a_length_of_0() {
    var exchange = run((request, response) -> {});
    assertEquals("0", exchange.headers().get("Content-Length"));
    assertEquals(200, exchange.status());
  }

  @Test
  void A9_no_length_is_added_after_a_flush_or_with_trailers_or_with_a_transfer_encoding() {
    assertNull(
        run(
                (request, response) -> {
                  response.write("a");
                  response.flush();
                })
            .headers()
            .get("Content-Length"));
    assertNull(
        run((request, response) -> response.declareTrailers("X").write("a"))
            .headers()
            .get("Content-Length"));
    assertNull(
        run((request, response) -> response.header("Transfer-Encoding", "chunked").write("a"))
            .headers()
            .get("Content-Length"));
  }

  @Test
  void A10_a_long_body_has_no_length_unless_one_was_declared() {
    assertNull(
        run((request, response) -> response.write("x".repeat(8193)))
            .headers()
            .get("Content-Length"));
    assertEquals(
        "8193",
        run((request, response) -> response.length(8193).write("x".repeat(8193)))
            .headers()
            .get("Content-Length"));
  }

  @Test
  void A11_pieces_are_flushes_and_not_writes() {
    var exchange =
        run((request, response) -> {
          response.flush();
          response.write("x");
          response.write("y");
          response.write("z");
        });
    assertEquals(List.of("xyz"), exchange.pieces());
  }

  @Test
  void A12_the_answer_to_head_has_the_length_of_that_to_get_and_no_body() {
    Handler handler = (request, response) -> response.write("abc");
    var head = TestExchange.run(handler, TestRequest.of("HEAD", "/"));
    assertEquals("3", head.headers().get("Content-Length"));
    assertEquals("", head.body());
    assertTrue(head.complete());
    assertEquals(run(handler).headers().toString(), head.headers().toString());
  }

  @Test
  void A12_a_large_declared_body_is_counted_for_head_and_dropped() {
    var head =
        TestExchange.run(
            (request, response) -> {
              response.length(20_000).write("x".repeat(20_000));
              assertThrows(IllegalStateException.class, () -> response.write("y"));
            },
            TestRequest.of("HEAD", "/"));
    assertEquals("20000", head.headers().get("Content-Length"));
    assertEquals(20_000, head.outcome().bodyBytes());
    assertEquals("", head.body());
    assertTrue(head.complete());
  }

  @Test
  void A17_a_type_is_not_guessed() {
    var bytes =
        run((request, response) -> response.write("<html>".getBytes(StandardCharsets.UTF_8)));
    assertEquals("application/octet-stream", bytes.headers().get("Content-Type"));
    assertEquals("nosniff", bytes.headers().get("X-Content-Type-Options"));
    var text = run((request, response) -> response.write("<html>"));
    assertEquals("text/plain; charset=utf-8", text.headers().get("Content-Type"));
  }

  @Test
  void D9_a_response_that_streams_says_so_unless_the_handler_did() {
    var exchange =
        run((request, response) -> {
          response.type("text/html").header("Cache-Control", "max-age=1").flush();
        });
    assertEquals("text/html; charset=utf-8", exchange.headers().get("Content-Type"));
    assertEquals("max-age=1", exchange.headers().get("Cache-Control"));
    assertEquals("no", exchange.headers().get("X-Accel-Buffering"));
    assertEquals("?1", exchange.headers().get("Incremental"));
    assertEquals("nosniff", exchange.headers().get("X-Content-Type-Options"));
  }

  @Test
  void every_buffer_goes_back_to_its_pool() {
    for (HttpVersion version : HttpVersion.values()) {
      var exchange =
          TestExchange.run(
              (request, response) -> {
                response.write("x".repeat(20_000));
                response.flush();
                response.write("y");
              },
              REQUEST.version(version));
      assertEquals(0, exchange.buffersTaken());
    }
    var failed =
        run((request, response) -> {
          response.write("y");
          response.abort("enough");
        });
    assertEquals(0, failed.buffersTaken());
  }

  private static TestExchange run(Handler handler) {
    return TestExchange.run(handler, REQUEST);
  }
}
