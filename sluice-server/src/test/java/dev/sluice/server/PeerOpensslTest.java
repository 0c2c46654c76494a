package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("needs-openssl")
final class PeerOpensslTest extends PeerTest {

  private String serveTls() throws IOException {
    ServerOptions options = TestServer.options().withTls(TlsOptions.selfSigned());
    Server running = server.start(options, this::answerInTwoSteps);
    return "127.0.0.1:" + running.port();
  }

  private PeerProcess client(String address, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", address));
    command.addAll(List.of(options));
    return run(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void it_shows_what_was_flushed_while_the_handler_waits(String version) throws Exception {
    PeerProcess client = client(serveTls(), version, "-quiet", "-no_ign_eof");
    client.writeLine("GET / HTTP/1.0\r\n\r");
    assertEquals("HTTP/1.1 200 OK", client.readLine());
    while (!client.readLine().isEmpty()) {
      // The head.
    }
    expectInTime(client);
  }

  @Test
  void it_is_offered_modern_ciphers_only() throws Exception {
    String address = serveTls();
    PeerProcess client = client(address, "-tls1_2", "-cipher", "AES256-SHA:ECDHE-ECDSA-AES256-SHA");
    client.endInput();
    List<String> said = client.readToEnd();
    assertTrue(said.stream().anyMatch(line -> line.contains("Cipher is (NONE)")), said::toString);
  }

  @Test
  void it_may_choose_http_2() throws Exception {
    PeerProcess client = client(serveTls(), "-alpn", "h2,http/1.1");
    client.endInput();
    List<String> said = client.readToEnd();
    assertTrue(said.contains("ALPN protocol: h2"), said::toString);
  }

  @Test
  void what_it_resumes_needs_no_certificate() throws Exception {
    String address = serveTls();
    PeerProcess client = client(address, "-tls1_2", "-reconnect");
    client.endInput();
    List<String> said = client.readToEnd();
    assertEquals(
        5, said.stream().filter(line -> line.startsWith("Reused, ")).count(), said::toString);
  }
}
