package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient.Options;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class RawClientTest {
  private ServerSocket server;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void it_reads_no_further_than_it_is_asked_to() throws IOException {
    try (RawClient client = RawClient.connect("localhost", server.getLocalPort());
        Socket peer = server.accept()) {
      write(peer, "head\r\n\r\n\u00ffbody");
      peer.shutdownOutput();
      assertEquals("head\r\n\r\n", client.readUntil("\r\n\r\n"));
      assertEquals("\u00ffb", client.readExactly(2));
      assertEquals(3, client.socket().getInputStream().available());
      assertEquals("ody", client.readToEnd());
      client.expectEnd();
    }
  }

  @Test
  void it_sends_bytes_as_they_are_and_a_fin_of_its_own() throws IOException {
    try (RawClient client = RawClient.connect(address, Options.DEFAULTS);
        Socket peer = server.accept()) {
      client.send("\u00ff\r\n\0").shutdownOutput();
      assertEquals(
          "\u00ff\r\n\0",
          new String(peer.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
      write(peer, "still there");
      assertEquals("still there", client.readExactly(11));
    }
  }

  @Test
  void an_end_is_not_a_reset_nor_a_reset_an_end() throws IOException {
    try (RawClient client = RawClient.connect(address, Options.DEFAULTS)) {
      server.accept().close();
      var e = assertThrows(AssertionError.class, client::expectReset);
      assertTrue(e.getMessage().startsWith("an orderly end"), e.getMessage());
    }
    try (RawClient client = RawClient.connect(address, Options.DEFAULTS)) {
      reset(server.accept());
      assertThrows(AssertionError.class, client::expectEnd);
    }
    try (RawClient client = RawClient.connect(address, Options.DEFAULTS)) {
      Socket peer = server.accept();
      write(peer, "some bytes");
      reset(peer);
      client.expectReset();
    }
  }

  @Test
  void a_peer_sees_the_clients_reset() throws IOException {
    try (RawClient client = RawClient.connect(address, Options.DEFAULTS);
        Socket peer = server.accept()) {
      client.reset();
      assertThrows(SocketException.class, () -> peer.getInputStream().read());
    }
  }

  @Test
  void what_does_not_come_in_time_fails_with_the_bytes_so_far() throws IOException {
    try (RawClient client =
            RawClient.connect(address, Options.DEFAULTS.withTimeout(Duration.ofSeconds(1)));
        Socket peer = server.accept()) {
      write(peer, "HTTP/1.1 200");
      var e = assertThrows(AssertionError.class, () -> client.readUntil("\r\n"));
      assertTrue(e.getMessage().startsWith("nothing within 1000 ms; 12 bytes"), e.getMessage());
      assertTrue(e.getMessage().endsWith("HTTP/1.1 200"), e.getMessage());
    }
  }

  @Test
  void an_early_end_says_how_early() throws IOException {
    try (RawClient client = RawClient.connect(address, Options.DEFAULTS)) {
      Socket peer = server.accept();
      write(peer, "abc");
      peer.close();
      var e = assertThrows(AssertionError.class, () -> client.readExactly(5));
      assertTrue(e.getMessage().startsWith("the end of the stream, 2 bytes early"), e.toString());
    }
  }

  @Test
  void a_slow_reader_makes_the_peer_wait() throws Exception {
    int megabytes = 8;
    byte[] large = new byte[megabytes * 1024 * 1024];
    try (SlowReader reader = SlowReader.connect(address, 4096, "go");
        Socket peer = server.accept()) {
      // What is left unread at the close would make it a reset.
      assertEquals(2, peer.getInputStream().readNBytes(2).length);
      peer.setSendBufferSize(64 * 1024); // or the system may hold all of it
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try (peer) {
                  peer.getOutputStream().write(large);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      reader.read(1000);
      assertTrue(reader.client().socket().getReceiveBufferSize() < 64 * 1024);
      assertTrue(writer.isAlive(), "all of it was sent to a reader that does not read");
      reader.read(large.length - 1000);
      assertEquals(large.length, reader.bytesRead());
      reader.client().expectEnd();
      writer.join();
    }
  }

  private static void write(Socket peer, String text) throws IOException {
    peer.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void reset(Socket peer) throws IOException {
    peer.setSoLinger(true, 0);
    peer.close();
  }
}
