package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class TestExchangeTest {

  @Test
  void it_knows_what_had_been_flushed_at_a_checkpoint() {
    var exchange = TestExchange.of(TestRequest.get("/"));
    exchange.run((request, response) -> {
      response.write("first");
      exchange.checkpoint("written");
      response.flush();
      exchange.checkpoint("flushed");
      response.write("second");
    });
    assertEquals("", exchange.flushedAt("written"));
    assertEquals("first", exchange.flushedAt("flushed"));
    assertEquals("firstsecond", exchange.body());
    assertThrows(IllegalArgumentException.class, () -> exchange.flushedAt("elsewhere"));
  }

  @Test
  void an_assertion_that_fails_in_the_handler_fails_the_test() {
    var e =
        assertThrows(
            AssertionError.class,
            () ->
                TestExchange.run(
                    (request, response) -> {
                      throw new AssertionError("expected");
                    },
                    TestRequest.get("/")));
    assertEquals("expected", e.getMessage());
  }

  @Test
  void waiting_for_what_the_handler_never_flushed_fails_when_it_ends() {
    var exchange =
        TestExchange.start((request, response) -> response.write("this"), TestRequest.get("/"));
    var e = assertThrows(AssertionError.class, () -> exchange.awaitFlushed("that"));
    assertTrue(e.getMessage().contains("\"that\" did not come before the end"), e.getMessage());
  }

  @Test
  void a_stalled_client_holds_sends_until_it_resumes() throws Exception {
    var exchange = TestExchange.of(TestRequest.get("/"));
    exchange.stall();
    exchange.start((request, response) -> response.write("abc"));
    exchange.awaitStalled();
    assertFalse(exchange.headSent());
    exchange.resume();
    assertEquals("abc", exchange.body());
  }

  @Test
  void a_drain_is_seen_by_the_handler() throws Exception {
    var begun = new CountDownLatch(1);
    var exchange =
        TestExchange.start(
            (request, response) -> {
              begun.countDown();
              assertTrue(request.draining().await(Duration.ofSeconds(30)));
              response.write("bye");
            },
            TestRequest.get("/"));
    begun.await();
    exchange.drain();
    assertEquals("bye", exchange.body());
  }

  @Test
  void a_request_has_the_body_and_the_headers_it_was_given() {
    var exchange =
        TestExchange.run(
            (request, response) -> {
              response.write(request.method() + " " + request.header("X") + " ");
              response.write(request.body().readAllBytes());
              response.write(" " + request.header("content-length"));
            },
            TestRequest.of("POST", "/").header("X", "1").body("b\u00f6dy"));
    assertEquals("POST 1 b\u00f6dy 5", exchange.body());
  }

  @Test
  void a_request_is_in_cleartext_unless_it_was_made_secure() {
    Handler tells = (request, response) -> response.write("" + request.secure());
    assertEquals("false", TestExchange.run(tells, TestRequest.get("/")).body());
    assertEquals("true", TestExchange.run(tells, TestRequest.get("/").secure(true)).body());
  }

  @Test
  void client_certificates_make_a_request_secure_and_cleartext_has_none() {
    var request = TestRequest.get("/").clientCertificates(List.of());
    assertTrue(request.secure());
    assertEquals(List.of(), request.secure(false).clientCertificates());
  }
}
