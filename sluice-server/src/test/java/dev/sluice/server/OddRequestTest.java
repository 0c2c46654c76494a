package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.sluice.Handler;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is unusual and yet allowed is served; a strict parser must not be a narrow one. */
final class OddRequestTest extends WireTest {
  private static final String CHUNKED =
      "POST /p HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";

  private final Handler echo =
      (request, response) -> {
        byte[] body = request.body().readAllBytes();
        response.write(request.method() + " " + request.target() + " ");
        response.write(body);
      };

  @BeforeEach
  void start() throws IOException {
    serve(echo);
  }

  static Stream<Arguments> requests() {
    return Stream.of(
        odd("no Host on HTTP/1.0", "GET /p HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /p "),
        odd("HTTP/1.2", "GET /p HTTP/1.2\r\nHost: test\r\n\r\n", "GET /p "),
        odd("an empty line before", "\r\nGET /p HTTP/1.1\r\nHost: test\r\n\r\n", "GET /p "),
        odd("empty lines before", "\r\n\r\n\r\nGET /p HTTP/1.1\r\nHost: test\r\n\r\n", "GET /p "),
        odd("names in any case", "GET /p HTTP/1.1\r\nhOST: test\r\n\r\n", "GET /p "),
        odd("no space after the colon", "GET /p HTTP/1.1\r\nHost:test\r\n\r\n", "GET /p "),
        odd("spaces and tabs around", "GET /p HTTP/1.1\r\nHost: \t test \t\r\n\r\n", "GET /p "),
        odd("an empty Host", "GET /p HTTP/1.1\r\nHost:\r\n\r\n", "GET /p "),
        odd("an IPv6 Host", "GET /p HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "GET /p "),
        odd("an empty value", "GET /p HTTP/1.1\r\nHost: test\r\nX:\r\n\r\n", "GET /p "),
        odd("obs-text", "GET /p HTTP/1.1\r\nHost: test\r\nX: caf\u00e9\r\n\r\n", "GET /p "),
        odd("a tab within", "GET /p HTTP/1.1\r\nHost: test\r\nX: a\tb\r\n\r\n", "GET /p "),
        odd("a colon within", "GET /p HTTP/1.1\r\nHost: test\r\nX: a:b:c\r\n\r\n", "GET /p "),
        odd(
            "token marks",
            "GET /p HTTP/1.1\r\nHost: test\r\n!#$%&'*+-.^_`|~: x\r\n\r\n",
            "GET /p "),
        odd("a method of its own", "BREW-TEA /p HTTP/1.1\r\nHost: test\r\n\r\n", "BREW-TEA /p "),
        odd("a method in lower case", "get /p HTTP/1.1\r\nHost: test\r\n\r\n", "get /p "),
        odd("absolute form", "GET http://a/p?q HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://a/p?q "),
        odd("asterisk form", "OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n", "OPTIONS * "),
        odd("escapes", "GET /%00%0d%0a HTTP/1.1\r\nHost: test\r\n\r\n", "GET /%00%0d%0a "),
        odd(
            "a GET with a body",
            "GET /p HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nhi",
            "GET /p hi"),
        odd(
            "a length with zeros before",
            "POST /p HTTP/1.1\r\nHost: test\r\nContent-Length: 002\r\n\r\nhi",
            "POST /p hi"),
        odd(
            "a coding in any case",
            CHUNKED.replace(": chunked", ":\tChUnKeD ") + "2\r\nhi\r\n0\r\n\r\n",
            "POST /p hi"),
        odd(
            "an underscore is no hyphen",
            CHUNKED.replace("Transfer-Encoding: ", "Content-Length: 2\r\nTransfer_Encoding: ")
                + "hi",
            "POST /p hi"));
  }

  static Stream<Arguments> chunkedBodies() {
    return Stream.of(
        odd("empty", "0\r\n\r\n", ""),
        odd("one chunk", "2\r\nhi\r\n0\r\n\r\n", "hi"),
        odd("two chunks", "1\r\nh\r\n1\r\ni\r\n0\r\n\r\n", "hi"),
        odd("upper case", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        odd("lower case", "a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        odd("zeros before", "0002\r\nhi\r\n000\r\n\r\n", "hi"),
        odd("an extension", "2;a=b\r\nhi\r\n0;last\r\n\r\n", "hi"),
        odd("a quoted extension", "2;a=\"b\"\r\nhi\r\n0\r\n\r\n", "hi"),
        odd("a space before the extension", "2 ;a\r\nhi\r\n0\r\n\r\n", "hi"),
        odd("CR LF within", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"),
        odd("what looks like an end", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"),
        odd("a trailer", "2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n", "hi"),
        odd("trailers that mean nothing", "0\r\nContent-Length: 9\r\nHost: b\r\n\r\n", ""));
  }

  private static Arguments odd(String name, String bytes, String expected) {
    return argumentSet(name, bytes, expected);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void it_is_served_and_so_is_the_next(String request, String answer) throws Exception {
    assertServed(request, answer);
  }

  @ParameterizedTest
  @MethodSource("chunkedBodies")
  void a_chunked_body_is_read_and_the_next_request_found(String body, String bytes)
      throws Exception {
    assertServed(CHUNKED + body, "POST /p " + bytes);
  }

  private void assertServed(String bytes, String answer) throws Exception {
    RawClient client = send(bytes + GET);
    Reply reply = Reply.read(client);
    assertEquals(200, reply.status(), reply::toString);
    assertEquals(answer, reply.body());
    assertEquals("GET / ", Reply.read(client).body());
    access.await(2);
  }

  @Test
  void requests_that_dribble_byte_by_byte_are_served() throws Exception {
    RawClient client = connect();
    String request = "\r\n" + CHUNKED + "2;x=y\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n" + GET;
    for (byte b : request.getBytes(StandardCharsets.ISO_8859_1)) {
      client.send(new byte[] {b});
    }
    assertEquals("POST /p hi", Reply.read(client).body());
    assertEquals("GET / ", Reply.read(client).body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r", "\r\n\r", "\r\n\r\n\r"})
  void empty_lines_before_a_request_may_be_cut_between_CR_and_LF(String begun) throws Exception {
    serve(options -> options.withLoops(1), echo);
    RawClient used = send(GET);
    assertEquals("GET / ", Reply.read(used).body());
    for (RawClient client : List.of(used, connect())) {
      client.send(begun);
      awaitLoop();
      client.send("\n" + GET);
      assertEquals("GET / ", Reply.read(client).body());
    }
  }

  /**
   * Waits until the only loop has seen all that was sent before: it sees one request of a client in
   * one round, and the next, which is sent only then, in a later one.
   */
  private void awaitLoop() throws IOException {
    RawClient other = connect();
    assertEquals("GET / ", Reply.read(other.send(GET)).body());
    assertEquals("GET / ", Reply.read(other.send(GET)).body());
  }

  @Test
  void a_thousand_requests_share_a_connection() throws Exception {
    RawClient client = connect();
    for (int i = 0; i < 1000; i++) {
      client.send("GET /" + i + " HTTP/1.1\r\nHost: test\r\n\r\n");
      assertEquals("GET /" + i + " ", Reply.read(client).body());
    }
    assertTrue(access.await(1000).getLast().contains(" /999 "));
  }
}
