package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is waited for too long: heads, requests, and nothing else. */
final class TimeoutTest extends WireTest {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofMinutes(1);

  private void serveWith(Duration head, Duration idle) throws IOException {
    serve(
        options -> options.withTimeouts(options.timeouts().withHead(head).withIdle(idle)),
        (request, response) -> response.write("fine"));
  }

  @BeforeEach
  void start() throws IOException {
    serveWith(SHORT, LONG);
  }

  private static void assertTimedOut(RawClient client) throws IOException {
    Reply reply = Reply.read(client);
    assertEquals(408, reply.status());
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
  }

  @Test
  void a_head_that_does_not_end_is_a_408() throws Exception {
    assertTimedOut(send("GET / HTTP/1.1\r\nHost: te"));
    assertTrue(access.awaitLine().contains(" 408 "), access.lines()::toString);
  }

  @Test
  void a_single_byte_is_a_head_that_does_not_end() throws Exception {
    assertTimedOut(send("G"));
    access.awaitLine();
  }

  @Test
  void a_head_that_dribbles_in_is_timed_from_its_first_byte() throws Exception {
    RawClient client = send("GET / HTTP/1.1\r\nX: ");
    while (client.socket().getInputStream().available() == 0) {
      client.send("x");
      Thread.sleep(5);
    }
    assertTimedOut(client);
    access.awaitLine();
  }

  @Test
  void the_head_of_a_second_request_is_timed_too() throws Exception {
    RawClient client = send(GET);
    assertEquals("fine", Reply.read(client).body());
    assertTimedOut(client.send("GET / HT"));
    access.await(2);
  }

  @Test
  void and_so_is_one_that_was_begun_during_the_response_before_it() throws Exception {
    RawClient client = send(GET + "GET / HT");
    assertEquals("fine", Reply.read(client).body());
    assertTimedOut(client);
    access.await(2);
  }

  @Test
  void a_connection_that_says_nothing_is_closed_without_a_word() throws Exception {
    connect().expectEnd();
    awaitNoConnections();
    access.await(0);
  }

  @Test
  void so_is_one_that_says_nothing_but_empty_lines() throws Exception {
    send("\r\n\r\n").readToEnd();
    awaitNoConnections();
  }

  @Test
  void an_idle_connection_is_closed_without_a_word() throws Exception {
    serveWith(LONG, SHORT);
    RawClient client = send(GET);
    assertEquals("fine", Reply.read(client).body());
    client.expectEnd();
    awaitNoConnections();
    access.awaitLine();
  }

  @Test
  void a_handler_may_take_longer_than_any_of_them() throws Exception {
    serve(
        options -> options.withTimeouts(options.timeouts().withHead(SHORT).withIdle(SHORT)),
        (request, response) -> {
          assertFalse(request.cancelled().await(Duration.ofMillis(1500)));
          response.write("late");
        });
    assertEquals("late", Reply.read(send(GET)).body());
  }
}
