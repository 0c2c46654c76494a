package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Connection;
import dev.sluice.Feature;
import dev.sluice.HijackedException;
import dev.sluice.Response;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules D1 to D9: taking a connection over, as far as the handler sees it. */
final class HijackTest extends WireTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
  void D1_on_HTTP_1_it_is_supported(String version) throws IOException {
    serve((request, response) -> {
      assertTrue(response.supports(Feature.HIJACK));
      try (Connection connection = response.hijack()) {
        write(connection, "raw");
      }
    });
    RawClient client = send("GET / " + version + "\r\nHost: test\r\n\r\n");
    assertEquals("raw", client.readToEnd());
  }

  @Test
  void D2_bytes_written_before_the_hijack_are_flushed_first() throws Exception {
    var seen = new Gate();
    serve((request, response) -> {
      response.write("Hello, ");
      try (Connection connection = response.hijack()) {
        seen.pass();
        write(connection, "raw");
      }
    });
    RawClient client = send(GET);
    assertTrue(client.readUntil("\r\n\r\n").startsWith(OK));
    assertEquals("7\r\nHello, \r\n", client.readExactly(12));
    seen.open();
    assertEquals("raw", client.readToEnd());
  }

  @Test
  void D2_where_nothing_was_written_nothing_is_sent() throws Exception {
    serve((request, response) -> {
      response.header("X-Lost", "since no head is sent");
      try (Connection connection = response.hijack()) {
        write(connection, "raw");
      }
    });
    assertEquals("raw", send(GET).readToEnd());
  }

  @Test
  void D3_a_pipelined_byte_is_handed_over() throws Exception {
    var first = new Gate();
    serve((request, response) -> {
      try (Connection connection = response.hijack()) {
        assertEquals('x', connection.in().read());
        first.open();
        assertEquals("yz", read(connection, 2));
        write(connection, "seen");
      }
    });
    RawClient client = send(GET + "x");
    first.pass();
    client.send("yz");
    assertEquals("seen", client.readToEnd());
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n", GET})
  void D3_a_pipelined_100_KB_body_is_handed_over_in_order(String head) throws Exception {
    byte[] body = new byte[100_000];
    new Random(7).nextBytes(body);
    byte[] handedOver = new byte[body.length];
    serve((request, response) -> {
      try (Connection connection = response.hijack()) {
        connection.in().readNBytes(handedOver, 0, handedOver.length);
        assertEquals("and what follows", read(connection, 16));
        write(connection, "all");
      }
    });
    RawClient client = send(head).send(body).send("and what follows");
    assertEquals("all", client.readToEnd());
    assertArrayEquals(body, handedOver);
  }

  @Test
  void D3_what_was_read_of_a_body_is_not_handed_over_again() throws Exception {
    serve((request, response) -> {
      assertEquals("0123", new String(request.body().readNBytes(4), StandardCharsets.US_ASCII));
      try (Connection connection = response.hijack()) {
        assertEquals("456789more", read(connection, 10));
        write(connection, "all");
      }
    });
    RawClient client =
        send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n0123456789more");
    assertEquals("all", client.readToEnd());
  }

  @Test
  void D3_a_chunked_body_must_have_been_read_to_its_end() throws Exception {
    serve((request, response) -> {
      assertThrows(IllegalStateException.class, response::hijack);
      assertEquals("12345", new String(request.body().readAllBytes(), StandardCharsets.US_ASCII));
      try (Connection connection = response.hijack()) {
        assertEquals("raw", read(connection, 3));
        write(connection, "all");
      }
    });
    RawClient client =
        send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
            .send("5\r\n12345\r\n0\r\n\r\nraw");
    assertEquals("all", client.readToEnd());
  }

  @Test
  void D5_a_second_hijack_throws_and_so_does_the_response() throws Exception {
    serve((request, response) -> {
      try (Connection connection = response.hijack()) {
        assertThrows(HijackedException.class, response::hijack);
        assertThrows(HijackedException.class, () -> response.write("x"));
        assertThrows(HijackedException.class, response::flush);
        assertThrows(HijackedException.class, () -> response.status(200));
        write(connection, "still raw");
      }
    });
    assertEquals("still raw", send(GET).readToEnd());
  }

  @Test
  void D5_a_hijack_after_the_handler_has_returned_throws() throws Exception {
    var kept = new AtomicReference<Response>();
    serve((request, response) -> kept.set(response));
    RawClient client = send(GET);
    assertEquals(200, Reply.read(client).status());
    access.awaitLine();
    assertThrows(IllegalStateException.class, () -> kept.get().hijack());
    assertEquals(200, Reply.read(client.send(GET)).status());
    access.await(2);
  }

  @Test
  void D6_a_hijack_that_races_with_the_handlers_return_sees_no_byte_of_a_response()
      throws Exception {
    serve((request, response) -> {
      var _ = Thread.ofVirtual().start(() -> tryToTakeOver(response));
    });
    for (int i = 0; i < 300; i++) {
      try (RawClient client = send(GET)) {
        String first = client.readExactly(3);
        if (first.equals("raw")) {
          client.expectEnd();
        } else {
          String rest = client.readUntil("\r\n\r\n");
          assertTrue((first + rest).startsWith(OK), first + rest);
        }
      }
    }
  }

  private static void tryToTakeOver(Response response) {
    try (Connection connection = response.hijack()) {
      write(connection, "raw");
    } catch (IllegalStateException e) {
      // The response has ended before.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void D7_the_framing_is_the_callers() throws Exception {
    serve((request, response) -> {
      response.write("Hello, ");
      response.flush();
      try (Connection connection = response.hijack()) {
        write(connection, "6\r\nworld!\r\n0\r\n\r\n");
      }
    });
    RawClient client = send(GET);
    assertEquals("Hello, world!", Reply.read(client).body());
    client.expectEnd();
  }

  @Test
  void D8_requests_before_it_may_share_the_connection() throws Exception {
    serve((request, response) -> {
      if (request.path().equals("/raw")) {
        try (Connection connection = response.hijack()) {
          write(connection, read(connection, 4));
        }
      } else {
        response.write(request.path());
      }
    });
    RawClient client = send("GET /1 HTTP/1.1\r\nHost: test\r\n\r\n");
    assertEquals("/1", Reply.read(client).body());
    client.send("GET /2 HTTP/1.1\r\nHost: test\r\n\r\nGET /raw HTTP/1.1\r\nHost: test\r\n\r\necho");
    assertEquals("/2", Reply.read(client).body());
    assertEquals("echo", client.readToEnd());
    access.await(3);
  }

  @Test
  void D9_101_and_a_hijack_work_with_keep_alive_off() throws Exception {
    serve((request, response) -> {
      response.status(101).header("Connection", "Upgrade").header("Upgrade", "echo");
      response.header("Date", "never");
      try (Connection connection = response.hijack()) {
        write(connection, read(connection, 4));
      }
    });
    RawClient client =
        send("GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade, close\r\nUpgrade: echo\r\n\r\n");
    String head =
        """
        HTTP/1.1 101 Switching Protocols
        Connection: Upgrade
        Upgrade: echo
        Date: never

        """;
    assertEquals(head, client.readUntil("\r\n\r\n").replace("\r\n", "\n"));
    client.send("ping");
    assertEquals("ping", client.readToEnd());
    assertTrue(access.awaitLine().endsWith("HIJACKED"), access.lines()::toString);
  }

  private static void write(Connection connection, String text) throws IOException {
    connection.out().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String read(Connection connection, int count) throws IOException {
    return new String(connection.in().readNBytes(count), StandardCharsets.US_ASCII);
  }
}
