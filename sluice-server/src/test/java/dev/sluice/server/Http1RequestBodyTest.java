package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Request bodies that are refused, awaited or left unread on HTTP/1.1: rules A15, C5 and C6. */
final class Http1RequestBodyTest extends WireTest {
  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
  private static final String EXPECTING =
      "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";

  private static String post(int length) {
    return "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n".formatted(length);
  }

  @Test
  void A15_an_unknown_expectation_is_417() throws Exception {
    assertRefused(417, "GET / HTTP/1.1\r\nHost: test\r\nExpect: a-miracle\r\n\r\n");
  }

  @Test
  void A15_an_unsupported_transfer_encoding_is_501() throws Exception {
    assertRefused(501, "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
  }

  @Test
  void A15_a_header_section_that_is_too_large_is_431_and_can_be_read() throws Exception {
    String much = "X-Much: " + "x".repeat(1000) + "\r\n";
    assertRefused(431, "GET / HTTP/1.1\r\nHost: test\r\n" + much.repeat(90));
  }

  /** The response comes whole though the client is still sending; then the server ends. */
  private void assertRefused(int status, String request) throws Exception {
    serve((asked, response) -> assertEquals("not", asked.path()));
    RawClient client = send(request);
    var reply = Reply.read(client);
    assertEquals(status, reply.status());
    assertTrue(reply.closes());
    client.expectEnd();
  }

  @Test
  void C5_256_KiB_left_unread_are_consumed_and_the_connection_is_used_again() throws Exception {
    serve((request, response) -> response.write(request.path()));
    RawClient client = send(post(256 * 1024));
    assertEquals("/", Reply.read(client).body());
    client.send("x".repeat(256 * 1024) + "GET /next HTTP/1.1\r\nHost: test\r\n\r\n");
    assertEquals("/next", Reply.read(client).body());
  }

  @Test
  void C5_more_than_that_ends_the_connection_without_a_reset() throws Exception {
    serve((request, response) -> response.write("early"));
    RawClient client = send(post(1024 * 1024));
    assertEquals("early", Reply.read(client).body());
    client.send("x".repeat(256 * 1024 + 1));
    client.expectEnd();
    // Lingering: what is on its way meets no reset, which could take the response away.
    for (int i = 0; i < 20; i++) {
      client.send("x".repeat(10_000));
    }
  }

  @Test
  void C5_a_client_that_sends_all_before_it_reads_gets_the_early_response() throws Exception {
    serve((request, response) -> response.write("early"));
    RawClient client = send(post(1024 * 1024));
    for (int i = 0; i < 64; i++) {
      client.send("x".repeat(16 * 1024));
    }
    assertEquals("early", Reply.read(client).body());
    client.expectEnd();
  }

  @Test
  void C5_a_body_that_does_not_come_ends_the_connection_after_a_while() throws Exception {
    serve(
        options ->
            options.withTimeouts(
                options.timeouts().withEnding(Duration.ofMillis(300), Duration.ofMillis(300))),
        (request, response) -> response.write("early"));
    RawClient client = send(post(100));
    assertEquals("early", Reply.read(client).body());
    client.expectEnd();
    awaitNoConnections();
  }

  @Test
  void C5_lingering_ends_with_the_client() throws Exception {
    serve((request, response) -> response.header("Connection", "close").write("bye"));
    RawClient client = send(GET);
    assertEquals("bye", Reply.read(client).body());
    client.expectEnd();
    client.close();
    awaitNoConnections();
  }

  @Test
  void C5_lingering_ends_after_a_while_though_the_client_goes_on_sending() throws Exception {
    serve(
        options ->
            options.withTimeouts(
                options.timeouts().withEnding(Duration.ofMillis(300), Duration.ofMillis(300))),
        (request, response) -> response.header("Connection", "close").write("bye"));
    RawClient client = send(post(Integer.MAX_VALUE));
    assertEquals("bye", Reply.read(client).body());
    client.expectEnd();
    assertTrue(sendsUntilRefused(client));
  }

  private static boolean sendsUntilRefused(RawClient client) throws IOException {
    byte[] bytes = new byte[1024];
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    try {
      while (System.nanoTime() < deadline) {
        client.send(bytes);
      }
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void C6_100_continue_is_sent_on_the_first_read_and_once() throws Exception {
    var gate = new Gate();
    serve((request, response) -> {
      gate.pass();
      assertEquals('d', request.body().read());
      assertEquals(3, request.body().readAllBytes().length);
      response.header("Date", "now").write("ok");
    });
    RawClient client = send(EXPECTING);
    gate.open();
    assertEquals(CONTINUE, client.readExactly(CONTINUE.length()));
    client.send("data");
    var reply = Reply.read(client);
    assertEquals("ok", reply.body());
    assertFalse(reply.closes());
    assertEquals("ok", again(client));
  }

  /** The connection is in step, and used again. */
  private static String again(RawClient client) throws IOException {
    client.send(post(4) + "data");
    return Reply.read(client).body();
  }

  @Test
  void C6_a_handler_that_never_reads_sends_none_and_the_connection_closes() throws Exception {
    serve((request, response) -> response.header("Date", "now").type("t/t").write("no"));
    RawClient client = send(EXPECTING);
    assertEquals(
        "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: t/t\r\nContent-Length: 2\r\n"
            + "Connection: close\r\n\r\nno",
        client.readToEnd());
  }

  @Test
  void C6_an_expectation_without_a_body_is_nothing_to_wait_for() throws Exception {
    serve((request, response) -> {
      assertEquals(-1, request.body().read());
      response.write("ok");
    });
    RawClient client = send("GET / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n\r\n");
    assertTrue(client.readUntil("\r\n").startsWith("HTTP/1.1 200 "));
    client.readUntil("ok");
  }

  @Test
  void C6_an_http_1_0_client_gets_no_100() throws Exception {
    serve((request, response) -> response.write(request.body().readAllBytes()));
    RawClient client = send("POST / HTTP/1.0\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    client.send("data");
    String bytes = client.readToEnd();
    assertTrue(bytes.startsWith("HTTP/1.1 200 "), bytes);
    assertTrue(bytes.endsWith("data"), bytes);
  }

  /** Seen by {@link NettyLeaks}, at the end of this class. */
  @Test
  void a_handler_that_outlives_its_server_lets_go_of_the_body() throws Exception {
    var cancelled = new Gate();
    var gate = new Gate();
    Server one =
        serve((request, response) -> {
          response.interruptOnCancel(false);
          Await.until("the body has come", () -> available(request.body()) == 4);
          request.cancelled().onSet(cancelled::open);
          response.flush();
          gate.pass();
        });
    RawClient client = send(post(4) + "data");
    client.readUntil("\r\n\r\n");
    client.close();
    cancelled.pass();
    one.close();
    Await.until("the loops have ended", Http1RequestBodyTest::noLoopRuns);
    gate.open();
    server.awaitHandlers();
  }

  private static int available(InputStream body) {
    try {
      return body.available();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean noLoopRuns() {
    return Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().startsWith("sluice-loop"));
  }
}
