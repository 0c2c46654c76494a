package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules A1 to A4, A14, A16 and A17: status and headers. */
abstract class ResponseContract extends Contract {
  ResponseContract(Transport transport) {
    super(transport);
  }

  @Test
  void A1_the_first_write_implies_status_200() throws Exception {
    var exchange =
        get((request, response) -> {
          assertFalse(response.committed());
          response.write("x");
          assertTrue(response.committed());
        });
    assertEquals(200, exchange.head().status());
    assertEquals("x", exchange.end().text());
  }

  @Test
  void A1_a_write_of_no_bytes_commits_the_status_too() throws Exception {
    var exchange =
        get((request, response) -> {
          response.write(new byte[0]);
          assertTrue(response.committed());
          assertThrows(IllegalStateException.class, () -> response.header("X-Late", "1"));
        });
    assertEquals(200, exchange.head().status());
    assertNull(exchange.head().header("X-Late"));
    assertEquals("", exchange.end().text());
  }

  @Test
  void A2_headers_cannot_be_changed_once_the_status_is_committed() throws Exception {
    var exchange =
        get((request, response) -> {
          response.header("X-Field", "before");
          response.write("x");
          var set =
              assertThrows(IllegalStateException.class, () -> response.header("X-Field", "after"));
          assertTrue(String.valueOf(set.getMessage()).contains("X-Field"));
          assertThrows(IllegalStateException.class, () -> response.headers().remove("X-Field"));
          assertThrows(IllegalStateException.class, () -> response.headers().add("X-Other", "1"));
        });
    assertEquals("before", exchange.head().header("X-Field"));
    assertNull(exchange.head().header("X-Other"));
    assertEquals("x", exchange.end().text());
  }

  @Test
  void A3_a_second_status_is_an_error_that_names_both() throws Exception {
    var exchange =
        get((request, response) -> {
          response.status(201);
          var failure = assertThrows(IllegalStateException.class, () -> response.status(404));
          assertTrue(String.valueOf(failure.getMessage()).contains("404"));
          assertTrue(String.valueOf(failure.getMessage()).contains("201"));
        });
    assertEquals(201, exchange.head().status());
    assertTrue(exchange.end().complete());
  }

  @Test
  void A3_a_status_after_the_first_write_is_an_error_that_names_both() throws Exception {
    var exchange =
        get((request, response) -> {
          response.write("x");
          var failure = assertThrows(IllegalStateException.class, () -> response.status(500));
          assertTrue(String.valueOf(failure.getMessage()).contains("500"));
          assertTrue(String.valueOf(failure.getMessage()).contains("200"));
        });
    assertEquals(200, exchange.head().status());
    assertEquals("x", exchange.end().text());
  }

  @Test
  void A4_an_impossible_status_is_refused_and_a_valid_one_then_works() throws Exception {
    var exchange =
        get((request, response) -> {
          for (int status : new int[] {-1, 0, 99, 1000}) {
            assertThrows(IllegalArgumentException.class, () -> response.status(status));
          }
          response.status(299);
        });
    assertEquals(299, exchange.head().status());
    assertTrue(exchange.end().complete());
  }

  @Test
  void A14_a_write_error_is_sticky_and_cancels_the_request() throws Exception {
    var flushed = new Gate();
    var exchange =
        get((request, response) -> {
          response.interruptOnCancel(false);
          response.write("x");
          response.flush();
          flushed.open();
          var first =
              assertThrows(
                  StreamClosedException.class,
                  () -> {
                    while (true) {
                      response.write("y");
                      response.flush();
                    }
                  });
          assertEquals(CloseReason.CLIENT_GONE, first.reason());
          assertTrue(request.cancelled().await(Duration.ofSeconds(60)));
          var again = assertThrows(IOException.class, () -> response.write("z"));
          assertEquals(CloseReason.CLIENT_GONE, ((StreamClosedException) again).reason());
        });
    flushed.pass();
    assertEquals("x", exchange.read(1));
    exchange.cancel();
    server.awaitHandlers();
  }

  @Test
  void A16_a_date_is_added() throws Exception {
    var exchange = get((request, response) -> {});
    String date = exchange.head().header("Date");
    assertNotNull(date);
    var sent = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    assertTrue(
        Duration.between(sent, Instant.now()).abs().compareTo(Duration.ofMinutes(1)) < 0, date);
    assertTrue(exchange.end().complete());
  }

  @Test
  void A16_a_date_that_was_set_is_kept() throws Exception {
    String date = "Thu, 01 Jan 1970 00:00:00 GMT";
    var exchange = get((request, response) -> response.header("Date", date));
    assertEquals(List.of(date), exchange.head().headers().all("Date"));
    assertTrue(exchange.end().complete());
  }

  @Test
  void A17_the_type_is_not_guessed() throws Exception {
    var exchange =
        get((request, response) -> response.write("<html>".getBytes(StandardCharsets.US_ASCII)));
    assertEquals("application/octet-stream", exchange.head().header("Content-Type"));
    assertEquals("nosniff", exchange.head().header("X-Content-Type-Options"));
    assertEquals("<html>", exchange.end().text());
  }

  @Test
  void A17_text_is_utf_8_unless_the_handler_says_otherwise() throws Exception {
    serve((request, response) -> {
      if (request.path().equals("/html")) {
        response.type("text/html; charset=utf-8");
      }
      response.write("\u00e9");
    });
    var plain = connect().get("/");
    assertEquals("text/plain; charset=utf-8", plain.head().header("Content-Type"));
    assertEquals("\u00c3\u00a9", plain.end().text());
    var html = connect().get("/html");
    assertEquals("text/html; charset=utf-8", html.head().header("Content-Type"));
    assertTrue(html.end().complete());
  }
}
