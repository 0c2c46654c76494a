package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that leave midway. One that has not finished to ask is not worth a line in the log. */
final class GoneClientTest extends WireTest {
  private static final String UPLOAD = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n";
  private static final String CHUNKED =
      "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static Stream<Arguments> everyWay(String... beginnings) {
    return Arrays.stream(beginnings)
        .flatMap(beginning ->
            Arrays.stream(DisconnectTest.Going.values()).map(how -> Arguments.of(how, beginning)));
  }

  static Stream<Arguments> heads() {
    return everyWay(
        "",
        "G",
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r",
        "GET / HTTP/1.1\r\nHost: te",
        "GET / HTTP/1.1\r\nHost: test\r\n",
        "\r\n");
  }

  static Stream<Arguments> bodies() {
    return everyWay(
        UPLOAD,
        UPLOAD + "12345678",
        CHUNKED,
        CHUNKED + "4",
        CHUNKED + "4\r\n12",
        CHUNKED + "4\r\n1234",
        CHUNKED + "4\r\n1234\r\n0\r\n",
        CHUNKED + "4\r\n1234\r\n0\r\nX: ");
  }

  @ParameterizedTest
  @MethodSource("heads")
  void midway_in_the_head(DisconnectTest.Going how, String bytes) throws Exception {
    Server running = serve((request, response) -> response.write("never"));
    RawClient client = send(bytes);
    Await.until("the connection is open", () -> running.openConnections() == 1);
    how.go(client);
    if (!client.socket().isClosed()) {
      client.expectEnd();
    }
    awaitNoConnections();
    access.await(0);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void midway_in_the_body(DisconnectTest.Going how, String bytes) throws Exception {
    var begun = new Gate();
    serve((request, response) -> {
      begun.open();
      request.body().readAllBytes();
    });
    RawClient client = send(bytes);
    begun.pass();
    how.go(client);
    if (!client.socket().isClosed()) {
      assertEquals("", client.readToEnd());
    }
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void midway_in_a_body_that_nobody_reads(DisconnectTest.Going how, String bytes) throws Exception {
    serve((request, response) -> response.write("early"));
    RawClient client = send(bytes);
    assertEquals("early", Reply.read(client).body());
    how.go(client);
    if (!client.socket().isClosed()) {
      client.expectEnd();
    }
    assertTrue(access.awaitLine().endsWith("COMPLETED"), access.lines()::toString);
  }

  @ParameterizedTest
  @EnumSource
  void midway_in_the_response(DisconnectTest.Going how) throws Exception {
    serve((request, response) -> {
      byte[] block = new byte[100_000];
      while (true) {
        response.write(block);
        response.flush();
      }
    });
    RawClient client = send(GET);
    client.readExactly(300_000);
    how.go(client);
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
  }
}
