package dev.sluice.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.Headers;
import dev.sluice.HttpVersion;
import dev.sluice.RequestException;
import dev.sluice.StreamClosedException;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How responses end, trailers and interim responses: the rules E4, E5 and F1 to F3. */
final class EndingRulesTest {
  private static final TestRequest REQUEST = TestRequest.get("/");

  @Test
  void E4_a_handler_that_throws_before_anything_was_sent_is_answered_with_500() {
    var exchange =
        run((request, response) -> {
          response.status(201).header("X-Mine", "1").write("not sent");
          throw new IOException("the database is gone");
        });
    assertEquals(500, exchange.status());
    assertEquals("internal server error\n", exchange.body());
    assertNull(exchange.headers().get("X-Mine"));
    assertEquals("the database is gone", exchange.failure().getMessage());
    assertTrue(exchange.complete());
  }

  @Test
  void E4_a_handler_that_throws_after_the_first_byte_cuts_the_stream() {
    var exchange =
        run((request, response) -> {
          response.write("sent");
          response.flush();
          response.write("not sent");
          throw new IllegalStateException("no");
        });
    assertEquals("sent", exchange.body());
    assertFalse(exchange.complete());
    assertEquals(CloseReason.HANDLER_FAILED, exchange.closeReason());
    assertEquals(0, exchange.buffersTaken());
  }

  @Test
  void E4_an_error_that_is_the_requests_fault_says_what_is_wrong() {
    var exchange =
        run((request, response) -> {
          throw new RequestException(422, "no such offset");
        });
    assertEquals(422, exchange.status());
    assertEquals("no such offset\n", exchange.body());
    assertEquals(CloseReason.BAD_REQUEST, exchange.closeReason());
    assertNull(exchange.failure());
  }

  @Test
  void E5_an_abort_cuts_the_stream_and_is_no_failure() {
    var exchange =
        run((request, response) -> {
          response.write("sent");
          response.flush();
          response.abort("enough");
          var e = assertThrows(StreamClosedException.class, () -> response.write("more"));
          assertEquals("enough", e.getMessage());
        });
    assertEquals("sent", exchange.body());
    assertFalse(exchange.complete());
    assertEquals(CloseReason.ABORTED, exchange.closeReason());
    assertNull(exchange.failure());
  }

  @Test
  void deferred_actions_run_last_first_may_write_and_know_how_it_went() {
    List<String> order = new ArrayList<>();
    var exchange =
        run((request, response) -> {
          response.defer(succeeded -> response.write(" and the end"));
          response.defer(succeeded -> order.add("second " + succeeded));
          response.defer(succeeded -> response.defer(inner -> order.add("deferred by a deferred")));
          response.write("body");
        });
    assertEquals("body and the end", exchange.body());
    assertEquals(List.of("deferred by a deferred", "second true"), order);
    assertTrue(exchange.complete());
  }

  @Test
  void a_deferred_action_that_throws_fails_the_response_and_those_after_it_know() {
    List<Boolean> succeeded = new ArrayList<>();
    var exchange =
        run((request, response) -> {
          response.defer(succeeded::add);
          response.defer(ok -> {
            throw new IOException("late");
          });
        });
    assertEquals(List.of(false), succeeded);
    assertEquals(500, exchange.status());
    assertEquals("late", exchange.failure().getMessage());
  }

  @Test
  void F1_declared_trailers_are_sent_after_the_body_and_those_without_a_value_are_not() {
    var exchange =
        run((request, response) -> {
          response.declareTrailers("X-Sum", "X-Unset").write("abc");
          response.trailers().set("x-sum", "42");
        });
    assertEquals("X-Sum, X-Unset", exchange.headers().get("Trailer"));
    assertEquals("x-sum: 42\n", exchange.trailers().toString());
    assertNull(exchange.headers().get("Content-Length"));
  }

  @Test
  void F1_a_trailer_that_was_not_declared_cuts_the_stream() {
    var exchange =
        run((request, response) -> {
          response.write("abc");
          response.flush();
          response.trailers().set("X-Sum", "42");
        });
    assertFalse(exchange.complete());
    assertEquals("trailer X-Sum was not declared", exchange.failure().getMessage());
  }

  @Test
  void F1_trailers_are_declared_before_the_body() {
    run((request, response) -> {
      response.write("a");
      assertThrows(IllegalStateException.class, () -> response.declareTrailers("X"));
    });
  }

  @Test
  void F1_http_1_0_has_no_trailers_and_keeps_its_length() {
    var exchange =
        TestExchange.run(
            (request, response) -> response.declareTrailers("X").write("abc"),
            REQUEST.version(HttpVersion.HTTP_1_0));
    assertEquals("3", exchange.headers().get("Content-Length"));
    assertNull(exchange.headers().get("Trailer"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length",
        "transfer-encoding",
        "Host",
        "Content-Type",
        "Authorization",
        "Set-Cookie",
        "Trailer",
        "TE",
        "Cache-Control",
        "If-Match",
        "a b",
        ""
      })
  void F2_fields_that_may_not_be_trailers_are_refused_when_declared(String name) {
    run((request, response) ->
        assertThrows(IllegalArgumentException.class, () -> response.declareTrailers("X", name)));
  }

  @Test
  void F3_interim_responses_are_sent_at_once_and_leave_the_headers_alone() throws Exception {
    var exchange = TestExchange.of(REQUEST);
    exchange.run((request, response) -> {
      response.header("X", "1");
      Headers hints = Headers.of("Link", "</a.css>").add("Content-Length", "3").add("X-Hint", "2");
      response.inform(103, hints);
      response.inform(102, new Headers());
      assertEquals(2, exchange.interim().size());
      assertFalse(exchange.headSent());
      response.write("abc");
      assertThrows(IllegalStateException.class, () -> response.inform(103, hints));
      assertThrows(IllegalArgumentException.class, () -> response.inform(200, hints));
      assertThrows(IllegalArgumentException.class, () -> response.inform(101, hints));
    });
    assertEquals(103, exchange.interim().getFirst().status());
    assertEquals("Link: </a.css>\nX-Hint: 2\n", exchange.interim().getFirst().headers().toString());
    assertEquals("1", exchange.headers().get("X"));
    assertNull(exchange.headers().get("Link"));
  }

  private static TestExchange run(Handler handler) {
    return TestExchange.run(handler, REQUEST);
  }
}
