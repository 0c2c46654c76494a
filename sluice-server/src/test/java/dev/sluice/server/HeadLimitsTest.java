package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The limits of a request's head: up to there it is served, past it refused, readably. */
final class HeadLimitsTest extends WireTest {
  private static final int LINE_MAX = 1000;
  private static final int HEADERS_MAX = 4000;
  private static final int COUNT_MAX = 10;

  @BeforeEach
  void start() throws IOException {
    serve(
        options -> options.withLimits(Limits.defaults().withHead(LINE_MAX, HEADERS_MAX, COUNT_MAX)),
        (request, response) -> response.write("fine"));
  }

  private void assertServed(String head) throws Exception {
    assertEquals("fine", Reply.read(send(head)).body());
    access.awaitLine();
  }

  private void assertRefused(int status, String bytes) throws Exception {
    RawClient client = send(bytes);
    Reply reply = Reply.read(client);
    assertEquals(status, reply.status());
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
    assertTrue(access.awaitLine().contains(" " + status + " "), access.lines()::toString);
  }

  /** A request line of so many bytes, without CR LF. */
  private static String line(int bytes) {
    String rest = "GET / HTTP/1.1";
    return "GET /" + "x".repeat(bytes - rest.length()) + " HTTP/1.1";
  }

  /** A header line of so many bytes, with CR LF. */
  private static String header(int bytes) {
    return "X: " + "x".repeat(bytes - 5) + "\r\n";
  }

  @Test
  void a_request_line_at_the_limit_is_served() throws Exception {
    assertServed(line(LINE_MAX) + "\r\nHost: test\r\n\r\n");
  }

  @Test
  void a_longer_one_is_a_414() throws Exception {
    assertRefused(414, line(LINE_MAX + 1) + "\r\nHost: test\r\n\r\n");
  }

  @Test
  void one_that_never_ends_is_a_414() throws Exception {
    assertRefused(414, "GET /" + "x".repeat(1_000_000));
  }

  @Test
  void a_method_that_never_ends_is_a_414() throws Exception {
    assertRefused(414, "G".repeat(1_000_000));
  }

  @Test
  void headers_below_the_limit_are_served() throws Exception {
    assertServed("GET / HTTP/1.1\r\nHost: test\r\n" + header(HEADERS_MAX - 100) + "\r\n");
  }

  @Test
  void more_are_a_431() throws Exception {
    assertRefused(431, "GET / HTTP/1.1\r\nHost: test\r\n" + header(HEADERS_MAX + 1) + "\r\n");
  }

  @Test
  void more_in_several_lines_are_a_431() throws Exception {
    assertRefused(
        431, "GET / HTTP/1.1\r\nHost: test\r\n" + header(HEADERS_MAX / 4).repeat(5) + "\r\n");
  }

  @Test
  void a_long_request_line_does_not_lessen_the_room_for_headers() throws Exception {
    assertServed(line(LINE_MAX) + "\r\nHost: test\r\n" + header(HEADERS_MAX - 100) + "\r\n");
  }

  @Test
  void a_value_that_never_ends_is_a_431() throws Exception {
    assertRefused(431, "GET / HTTP/1.1\r\nHost: test\r\nX: " + "x".repeat(1_000_000));
  }

  @Test
  void a_name_that_never_ends_is_a_431() throws Exception {
    assertRefused(431, "GET / HTTP/1.1\r\nHost: test\r\n" + "x".repeat(1_000_000));
  }

  @Test
  void headers_that_never_end_are_a_431() throws Exception {
    assertRefused(431, "GET / HTTP/1.1\r\nHost: test\r\n" + "X: y\r\n".repeat(100_000));
  }

  @Test
  void as_many_headers_as_allowed_are_served() throws Exception {
    assertServed("GET / HTTP/1.1\r\nHost: test\r\n" + "X: y\r\n".repeat(COUNT_MAX - 1) + "\r\n");
  }

  @Test
  void one_more_is_a_431() throws Exception {
    assertRefused(431, "GET / HTTP/1.1\r\nHost: test\r\n" + "X: y\r\n".repeat(COUNT_MAX) + "\r\n");
  }

  @Test
  void the_limits_hold_for_the_second_request_as_well() throws Exception {
    RawClient client =
        send(GET + "GET / HTTP/1.1\r\nHost: test\r\n" + "X: y\r\n".repeat(COUNT_MAX) + "\r\n");
    assertEquals("fine", Reply.read(client).body());
    assertEquals(431, Reply.read(client).status());
    client.expectEnd();
    access.await(2);
  }
}
