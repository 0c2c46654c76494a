package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Feature;
import dev.sluice.Headers;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules F1 to F3: what is sent after the body, and before the final status. */
abstract class TrailerContract extends Contract {
  TrailerContract(Transport transport) {
    super(transport);
  }

  @Test
  void F1_declared_trailers_are_sent_after_the_body() throws Exception {
    var exchange =
        get((request, response) -> {
          assertTrue(response.supports(Feature.TRAILERS));
          response.declareTrailers("X-Sum", "X-Count");
          response.write("body");
          response.flush();
          response.trailers().set("X-Sum", "42").set("X-Count", "4");
        });
    assertEquals("X-Sum, X-Count", exchange.head().header("Trailer"));
    assertNull(exchange.head().header("X-Sum"));
    var body = exchange.end();
    assertEquals("body", body.text());
    assertEquals("42", body.trailers().get("X-Sum"));
    assertEquals("4", body.trailers().get("X-Count"));
    assertTrue(body.complete());
  }

  @Test
  void F1_trailers_follow_a_body_that_was_never_flushed_or_is_empty() throws Exception {
    serve((request, response) -> {
      response.declareTrailers("X-Sum");
      if (request.path().equals("/short")) {
        response.write("body");
      }
      response.trailers().set("X-Sum", "42");
    });
    var client = connect();
    for (String path : new String[] {"/short", "/empty"}) {
      var exchange = client.get(path);
      assertNull(exchange.head().header("Content-Length"));
      var body = exchange.end();
      assertEquals(path.equals("/short") ? "body" : "", body.text());
      assertEquals("42", body.trailers().get("X-Sum"));
    }
  }

  @Test
  void F1_a_trailer_that_is_declared_but_not_set_is_absent() throws Exception {
    var exchange =
        get((request, response) -> {
          response.declareTrailers("X-Set", "X-Unset");
          response.write("body");
          response.trailers().set("X-Set", "1");
        });
    var body = exchange.end();
    assertEquals("x-set: 1\n", lowered(body.trailers()));
    assertTrue(body.complete());
  }

  @Test
  void F1_trailers_cannot_be_declared_once_the_head_is_fixed() throws Exception {
    var exchange =
        get((request, response) -> {
          response.write("x");
          assertThrows(IllegalStateException.class, () -> response.declareTrailers("X-Sum"));
        });
    assertNull(exchange.head().header("Trailer"));
    assertEquals("x", exchange.end().text());
  }

  @Test
  void F1_a_trailer_that_was_not_declared_is_never_sent_as_if_all_were_well() throws Exception {
    var exchange =
        get((request, response) -> {
          response.write("x");
          response.flush();
          response.trailers().set("X-Sum", "42");
        });
    assertEquals("x", exchange.read(1));
    assertFalse(exchange.end().complete());
    server.expectLogged("X-Sum");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding",
        "content-length",
        "Content-Type",
        "Content-Encoding",
        "Content-Range",
        "Host",
        "Trailer",
        "Authorization",
        "Set-Cookie",
        "WWW-Authenticate",
        "Proxy-Authenticate",
        "Cache-Control",
        "Expect",
        "If-Match",
        "Location",
        "Max-Forwards",
        "TE",
        "Connection",
        "Keep-Alive",
        "Upgrade",
        "Vary",
        "Retry-After",
        "Date",
        "X Bad",
        ""
      })
  void F2_a_name_that_may_not_be_a_trailer_is_refused(String name) throws Exception {
    var exchange =
        get((request, response) -> {
          assertThrows(
              IllegalArgumentException.class, () -> response.declareTrailers("X-Good", name));
          response.write("x");
        });
    assertNull(exchange.head().header("Trailer"), "all are refused, or none");
    assertEquals("x", exchange.end().text());
  }

  @Test
  void F3_interim_responses_are_sent_at_once() throws Exception {
    var gates = new Gate[] {new Gate(), new Gate(), new Gate()};
    var exchange =
        get((request, response) -> {
          assertTrue(response.supports(Feature.INTERIM));
          response.header("X-Final", "yes");
          response.inform(103, Headers.of("Link", "</a.css>; rel=preload"));
          gates[0].pass();
          response.inform(102, new Headers());
          gates[1].pass();
          response.inform(103, Headers.of("Link", "</b.css>; rel=preload"));
          gates[2].pass();
          response.write("done");
        });
    var first = exchange.nextHead();
    assertEquals(103, first.status());
    assertEquals("link: </a.css>; rel=preload\n", lowered(first.headers()));
    gates[0].open();
    assertEquals(102, exchange.nextHead().status());
    gates[1].open();
    assertEquals("</b.css>; rel=preload", exchange.nextHead().header("Link"));
    gates[2].open();
    assertEquals(200, exchange.head().status());
    assertEquals("yes", exchange.head().header("X-Final"));
    assertNull(exchange.head().header("Link"));
    assertEquals("done", exchange.end().text());
  }

  @Test
  void F3_interim_responses_leave_out_what_frames_a_body() throws Exception {
    var hints = new Headers().set("Content-Length", "5").set("Transfer-Encoding", "chunked");
    hints.set("Link", "</a.css>");
    var exchange =
        get((request, response) -> {
          response.length(4);
          response.inform(103, hints);
          response.write("done");
        });
    assertEquals("link: </a.css>\n", lowered(exchange.nextHead().headers()));
    assertEquals("4", exchange.head().header("Content-Length"));
    assertEquals("done", exchange.end().text());
    assertEquals(3, hints.size(), "the caller's are not touched");
  }

  @Test
  void F3_after_the_final_status_is_fixed_they_are_refused() throws Exception {
    var exchange =
        get((request, response) -> {
          for (int status : new int[] {100, 101, 200, 99}) {
            assertThrows(
                IllegalArgumentException.class, () -> response.inform(status, new Headers()));
          }
          response.write("x");
          assertThrows(IllegalStateException.class, () -> response.inform(103, new Headers()));
        });
    assertEquals(200, exchange.nextHead().status());
  }

  /** All fields, in lower case: see {@link Difference#NAMES}. */
  private static String lowered(Headers fields) {
    return fields.toString().toLowerCase(Locale.ROOT);
  }
}
