package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections of TLS begin, and how they do not. */
final class TlsHandshakeTest extends TlsWireTest {
  private static final Duration SOON = Duration.ofMillis(300);

  private void serveHello() throws IOException {
    serveTls((request, response) -> response.write("hello"));
  }

  private static void expectHello(TlsClient client) throws IOException {
    client.send(GET);
    assertTrue(client.receiveUntil("hello").startsWith("HTTP/1.1 200 OK\r\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void both_versions_are_spoken(String version) throws Exception {
    serveHello();
    TlsClient client = client(version).shakeHands();
    assertEquals(version, client.engine().getSession().getProtocol());
    expectHello(client);
    expectHello(client);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void bytes_may_come_one_by_one(String version) throws Exception {
    serveHello();
    expectHello(client(version).sending(TlsHandshakeTest::sendOneByOne).shakeHands());
  }

  private static void sendOneByOne(RawClient raw, byte[] bytes) throws IOException {
    for (byte one : bytes) {
      raw.send(new byte[] {one});
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void bytes_may_come_cut_anywhere(String version) throws Exception {
    serveHello();
    for (int i = 0; i < 20; i++) {
      long seed = System.nanoTime();
      var random = new Random(seed);
      try {
        expectHello(
            client(version).sending((raw, bytes) -> sendCut(raw, bytes, random)).shakeHands());
      } catch (IOException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void sendCut(RawClient raw, byte[] bytes, Random random) throws IOException {
    for (int from = 0; from < bytes.length; ) {
      int to = Math.min(from + 1 + random.nextInt(100), bytes.length);
      raw.send(Arrays.copyOfRange(bytes, from, to));
      from = to;
    }
  }

  @Test
  void a_client_may_offer_what_is_not_known_if_it_offers_http_too() throws Exception {
    serveHello();
    TlsClient client = client("TLSv1.3", "spdy/3", "http/1.1").shakeHands();
    assertEquals("http/1.1", client.engine().getApplicationProtocol());
    expectHello(client);
  }

  @Test
  void http_2_is_preferred() throws Exception {
    serveHello();
    TlsClient client = client("TLSv1.3", "http/1.1", "h2").shakeHands();
    assertEquals("h2", client.engine().getApplicationProtocol());
  }

  @Test
  void a_client_that_offers_none_gets_http_1() throws Exception {
    serveHello();
    TlsClient client = client("TLSv1.3").shakeHands();
    assertEquals("", client.engine().getApplicationProtocol());
    expectHello(client);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_client_that_offers_other_protocols_only_is_told_so(String version) throws Exception {
    serveHello();
    TlsClient client = client(version, "imap");
    var failure = assertThrows(SSLException.class, client::shakeHands);
    assertTrue(failure.getMessage().contains("no_application_protocol"), failure::getMessage);
    client.raw().expectEnd();
    expectLogged("the handshake failed: ");
  }

  @Test
  void an_old_version_is_refused() throws Exception {
    serveHello();
    // A hello of TLS 1.1, with one suite and no extension.
    String hello = "\3\2" + "r".repeat(32) + "\0" + "\0\2\300\23" + "\1\0";
    String message = "\1\0\0" + (char) hello.length() + hello;
    RawClient raw = send("\26\3\1\0" + (char) message.length() + message);
    assertEquals("\25\3", raw.readExactly(2), "an alert");
    raw.readToEnd();
    expectLogged("the handshake failed: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: test\r\n\r\n", "P"})
  void http_in_cleartext_is_told_that_this_is_tls(String sent) throws Exception {
    Server here = serveTls((request, response) -> {});
    RawClient raw = send(sent);
    String answer = raw.readToEnd();
    assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), answer);
    String text = "this port speaks TLS: use " + here.url() + "/";
    assertTrue(answer.endsWith("\r\n\r\n" + text + "\n"), answer);
    assertTrue(access.awaitLine().endsWith(" - - 400 refused: " + text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0\0\0", "\200\56\1\0\2", "hello", "\27\3\3\0\1\0"})
  void what_is_no_tls_is_closed(String sent) throws Exception {
    serveHello();
    RawClient raw = send(sent);
    raw.expectEnd();
    expectLogged("what the client sent is no TLS");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\26\3\1\101\1", "\26\2\1\0\1\0", "\26\26\26\26\26\26"})
  void what_only_begins_like_tls_is_closed(String sent) throws Exception {
    serveHello();
    send(sent).readToEnd();
    expectLogged("what the client sent is no record of TLS");
  }

  @Test
  void random_bytes_behind_a_good_beginning_end_the_connection() throws Exception {
    serveHello();
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      byte[] bytes = new byte[random.nextInt(400)];
      random.nextBytes(bytes);
      RawClient raw = connect();
      raw.send(new byte[] {22, 3, 1, (byte) (bytes.length >> 8), (byte) bytes.length});
      raw.send(bytes);
      raw.shutdownOutput();
      try {
        raw.readToEnd();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
      raw.close();
    }
    access.await(50);
  }

  @Test
  void a_client_that_says_nothing_is_closed_in_time() throws Exception {
    serveTls(
        options -> options.withTimeouts(options.timeouts().withHead(SOON)),
        (request, response) -> {});
    connect().expectEnd();
    expectLogged("it did not end in time");
  }

  @Test
  void a_handshake_that_stops_is_closed_in_time() throws Exception {
    serveTls(
        options -> options.withTimeouts(options.timeouts().withHead(SOON)),
        (request, response) -> {});
    send("\26\3\1\1\0\1\0\0\374").expectEnd();
    expectLogged("it did not end in time");
  }

  @Test
  void a_client_that_leaves_during_the_handshake_is_forgotten() throws Exception {
    serveHello();
    send("\26\3\1\1\0\1\0\0\374").close();
    expectLogged("the handshake failed: the client left");
    awaitNoConnections();
  }

  @Test
  void a_handshake_that_never_ends_is_bounded() throws Exception {
    serveHello();
    RawClient raw = connect();
    String fragment = "\26\3\1\100\0" + "\1\177\377\377" + "x".repeat(16 * 1024 - 4);
    String more = "\26\3\1\100\0" + "x".repeat(16 * 1024);
    try {
      raw.send(fragment);
      for (int i = 0; i < 20; i++) {
        raw.send(more);
      }
    } catch (IOException e) {
      // It was closed while it sent.
    }
    expectLogged("the handshake failed: ");
    awaitNoConnections();
  }

  @Test
  void a_shutdown_does_not_wait_for_a_handshake() throws Exception {
    Server here = serveTls((request, response) -> {});
    RawClient raw = send("\26\3\1");
    Await.until("it is open", () -> here.openConnections() == 1);
    here.shutdown(Duration.ofMinutes(1));
    raw.expectEnd();
  }

  @Test
  void a_connection_over_the_limit_is_closed_at_once() throws Exception {
    Server here =
        serveTls(
            options -> options.withLimits(options.limits().withConnectionsMax(1)),
            (request, response) -> {});
    connect();
    Await.until("it is open", () -> here.openConnections() == 1);
    connect().expectEnd();
  }

  private void expectLogged(String text) throws InterruptedException {
    String line = access.awaitLine();
    assertTrue(line.contains(" - - TLS: ") && line.contains(text), line);
  }
}
