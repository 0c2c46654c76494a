package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule C5: a request body that the handler leaves unread. */
final class UnreadBodyTest extends WireTest {
  private static final int CONSUMED = 256 * 1024;

  @BeforeEach
  void start() throws IOException {
    serve((request, response) -> {
      request.body().readNBytes(request.path().equals("/some") ? 1000 : 0);
      response.write("early");
    });
  }

  private static String post(String path, int length) {
    return "POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + length + "\r\n\r\n";
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 64 * 1024, CONSUMED})
  void C5_up_to_256_KiB_are_consumed_and_the_connection_used_again(int length) throws Exception {
    RawClient client = send(post("/none", length)).send(new byte[length]).send(GET);
    assertEquals("early", Reply.read(client).body());
    assertEquals("early", Reply.read(client).body());
    access.await(2);
  }

  @Test
  void C5_so_is_what_is_left_of_a_body_that_was_read_in_part() throws Exception {
    RawClient client = send(post("/some", CONSUMED)).send(new byte[CONSUMED]).send(GET);
    assertEquals("early", Reply.read(client).body());
    assertEquals("early", Reply.read(client).body());
    access.await(2);
  }

  @Test
  void C5_and_so_is_a_chunked_one() throws Exception {
    RawClient client =
        send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
            .send(("1000\r\n" + "x".repeat(0x1000) + "\r\n").repeat(16))
            .send("0\r\n\r\n" + GET);
    assertEquals("early", Reply.read(client).body());
    assertEquals("early", Reply.read(client).body());
    access.await(2);
  }

  @Test
  void C5_the_response_does_not_wait_for_the_body() throws Exception {
    RawClient client = send(post("/none", CONSUMED));
    assertEquals("early", Reply.read(client).body());
    client.send(new byte[CONSUMED]).send(GET);
    assertEquals("early", Reply.read(client).body());
    access.await(2);
  }

  @Test
  void C5_with_more_the_response_can_be_read_and_then_a_FIN_comes() throws Exception {
    int length = 16 * 1024 * 1024;
    RawClient client = send(post("/none", length)).send(new byte[length]).send(GET);
    assertEquals("early", Reply.read(client).body());
    client.expectEnd();
    assertTrue(access.awaitLine().endsWith("COMPLETED"), access.lines()::toString);
  }

  @Test
  void C5_a_refusal_can_be_read_too() throws Exception {
    int length = 4 * 1024 * 1024;
    serve(
        options -> options.withLimits(options.limits().withBodyBytesMax(1000)),
        (request, response) -> response.write("never"));
    RawClient client = send(post("/none", length)).send(new byte[length]);
    assertEquals(413, Reply.read(client).status());
    client.expectEnd();
    access.awaitLine();
  }

  @Test
  void C5_a_body_that_does_not_come_in_time_ends_the_connection() throws Exception {
    serve(
        options ->
            options.withTimeouts(
                options.timeouts().withEnding(Duration.ofMillis(50), Duration.ofSeconds(2))),
        (request, response) -> response.write("early"));
    RawClient client = send(post("/none", 100) + "not all of it");
    assertEquals("early", Reply.read(client).body());
    client.expectEnd();
    access.awaitLine();
  }

  @Test
  void C5_a_client_that_goes_on_sending_for_ever_is_cut_off() throws Exception {
    serve(
        options ->
            options.withTimeouts(
                options.timeouts().withEnding(Duration.ofMillis(50), Duration.ofMillis(50))),
        (request, response) -> response.write("early"));
    RawClient client = send(post("/none", Integer.MAX_VALUE));
    assertEquals("early", Reply.read(client).body());
    client.expectEnd();
    awaitNoConnections();
    access.awaitLine();
  }
}
