package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bodies that RFC 9112 forbids, and those that are too large. Who reads one gets an exception that
 * becomes the right status; who does not is not disturbed. Then the connection ends, and nothing
 * that stands behind is taken for a request.
 */
final class BadBodyTest extends WireTest {
  private static final String CHUNKED =
      "POST /bad HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";

  private final Queue<String> handled = new ConcurrentLinkedQueue<>();

  static Stream<Arguments> chunkedBodies() {
    return Stream.of(
            "x\r\n",
            "\r\n",
            "-1\r\nhi\r\n0\r\n\r\n",
            "+2\r\nhi\r\n0\r\n\r\n",
            "0x2\r\nhi\r\n0\r\n\r\n",
            "2_0\r\nhi\r\n0\r\n\r\n",
            " 2\r\nhi\r\n0\r\n\r\n",
            "2 \r\nhi\r\n0\r\n\r\n",
            "2\t\r\nhi\r\n0\r\n\r\n",
            "2 2\r\nhi\r\n0\r\n\r\n",
            "2.0\r\nhi\r\n0\r\n\r\n",
            "2g\r\nhi\r\n0\r\n\r\n",
            "2\nhi\r\n0\r\n\r\n",
            "2\rhi\r\n0\r\n\r\n",
            "2\r\nhi\n0\r\n\r\n",
            "2\r\nhi\r0\r\n\r\n",
            "2\r\nhi0\r\n\r\n",
            "2\r\nhi!\r\n0\r\n\r\n",
            "2\r\nhi\r\n0\n\r\n",
            "2\r\nhi\r\n0\r\n\n",
            "2;\nhi\r\n0\r\n\r\n",
            "2;a\nhi\r\n0\r\n\r\n",
            "2;a\rb\r\nhi\r\n0\r\n\r\n",
            "2;a\u0000b\r\nhi\r\n0\r\n\r\n",
            ";a\r\nhi\r\n0\r\n\r\n",
            "80000000\r\nhi",
            "FFFFFFFF\r\nhi",
            "100000002\r\nhi",
            "FFFFFFFFFFFFFFFF\r\nhi",
            "10000000000000002\r\nhi",
            "0\r\nX-Sum 7\r\n\r\n",
            "0\r\nX-Sum : 7\r\n\r\n",
            "0\r\n: 7\r\n\r\n",
            "0\r\nX-Sum: 7\nX: 8\r\n\r\n",
            "0\r\nX-Sum: a\u0000b\r\n\r\n",
            "0\r\nX-Sum: a\rb\r\n\r\n",
            "0\r\n\u0000\r\n\r\n",
            "0\r\nGET /smuggled HTTP/1.1\r\n\r\n")
        .map(body -> argumentSet(shown(body), body));
  }

  private void serveReading(Limits limits) throws IOException {
    serve(
        options -> options.withLimits(limits),
        (request, response) -> {
          handled.add(request.target());
          response.write(request.body().readAllBytes().length + " bytes");
        });
  }

  @ParameterizedTest
  @MethodSource("chunkedBodies")
  void a_malformed_chunked_body_is_a_400(String body) throws Exception {
    serveReading(Limits.defaults());
    assertCut(send(CHUNKED + body + SMUGGLED), 400);
  }

  @ParameterizedTest
  @MethodSource("chunkedBodies")
  void who_does_not_read_it_is_not_disturbed(String body) throws Exception {
    serve((request, response) -> handled.add(request.target()));
    RawClient client = send(CHUNKED + body + SMUGGLED);
    assertEquals(200, Reply.read(client).status());
    client.expectEnd();
    assertEquals(List.of("/bad"), List.copyOf(handled));
    access.awaitLine();
  }

  /** Reads the whole reply, the end of the connection, and the log. */
  private void assertCut(RawClient client, Integer... statuses) throws Exception {
    Reply reply = Reply.read(client);
    assertTrue(List.of(statuses).contains(reply.status()), reply::toString);
    client.expectEnd();
    assertEquals(List.of("/bad"), List.copyOf(handled));
    assertTrue(access.awaitLine().endsWith("BAD_REQUEST"), access.lines()::toString);
  }

  @Test
  void a_declared_length_over_the_limit_is_a_413_before_the_handler() throws Exception {
    serveReading(Limits.defaults().withBodyBytesMax(10));
    RawClient client =
        send(
            "POST /bad HTTP/1.1\r\nHost: test\r\nContent-Length: 11\r\n\r\n12345678901" + SMUGGLED);
    Reply reply = Reply.read(client);
    assertEquals(413, reply.status());
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
    assertEquals(List.of(), List.copyOf(handled));
    assertTrue(access.awaitLine().contains(" 413 "), access.lines()::toString);
  }

  @Test
  void a_declared_length_at_the_limit_is_served() throws Exception {
    serveReading(Limits.defaults().withBodyBytesMax(10));
    RawClient client =
        send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n1234567890" + GET);
    assertEquals("10 bytes", Reply.read(client).body());
    assertEquals("0 bytes", Reply.read(client).body());
  }

  @Test
  void chunks_over_the_limit_are_a_413() throws Exception {
    serveReading(Limits.defaults().withBodyBytesMax(10));
    assertCut(send(CHUNKED + "6\r\n123456\r\n5\r\n12345\r\n0\r\n\r\n" + SMUGGLED), 413);
  }

  @Test
  void chunks_at_the_limit_are_served() throws Exception {
    serveReading(Limits.defaults().withBodyBytesMax(10));
    RawClient client = send(CHUNKED + "5\r\n12345\r\n5\r\n12345\r\n0\r\n\r\n" + GET);
    assertEquals("10 bytes", Reply.read(client).body());
    assertEquals("0 bytes", Reply.read(client).body());
  }

  @Test
  void bytes_are_counted_anew_for_each_request() throws Exception {
    serveReading(Limits.defaults().withBodyBytesMax(10));
    String chunks = CHUNKED + "6\r\n123456\r\n0\r\n\r\n";
    RawClient client = send(chunks + chunks + chunks);
    for (int i = 0; i < 3; i++) {
      assertEquals("6 bytes", Reply.read(client).body());
    }
  }

  /** No limit has a name for it: 400, or 431 as for other lines of a request. */
  @Test
  void an_endless_chunk_size_line_is_refused() throws Exception {
    serveReading(Limits.defaults());
    assertCut(send(CHUNKED + "2;" + "x".repeat(100_000)), 400, 431);
  }

  @Test
  void a_chunk_size_of_endless_zeros_is_refused() throws Exception {
    serveReading(Limits.defaults());
    assertCut(send(CHUNKED + "0".repeat(100_000)), 400, 431);
  }

  @Test
  void trailers_over_the_limit_are_refused() throws Exception {
    serveReading(Limits.defaults());
    assertCut(send(CHUNKED + "0\r\nX: " + "x".repeat(100_000)), 400, 431);
  }
}
