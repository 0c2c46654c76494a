package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Connection;
import dev.sluice.Handler;
import dev.sluice.RequestException;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rules D4 and D6: what a connection is once it was taken over. */
final class HijackedConnectionTest extends WireTest {
  private final CompletableFuture<Connection> taken = new CompletableFuture<>();
  private final Handler take =
      (request, response) -> {
        taken.complete(response.hijack());
      };

  @AfterEach
  void close_what_was_taken() throws Exception {
    if (taken.isDone()) {
      taken.get().close();
    }
  }

  @Test
  void D4_a_read_deadline_that_has_passed_is_cleared() throws Exception {
    serve((request, response) -> {
      request.readDeadline(Duration.ofNanos(1));
      assertThrows(RequestException.class, () -> request.body().read());
      taken.complete(response.hijack());
    });
    RawClient client = send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n");
    Connection connection = taken();
    client.send("body");
    assertEquals("body", read(connection, 4));
  }

  @Test
  void D4_the_progress_deadline_is_cleared() throws Exception {
    var written = new AtomicLong();
    serve((request, response) -> {
      response.progressDeadline(Duration.ofMillis(20));
      taken.complete(response.hijack());
    });
    RawClient client = connect(RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096)).send(GET);
    Connection connection = taken();
    var writer = CompletableFuture.runAsync(() -> writeUntilClosed(connection, written));
    assertThrows(TimeoutException.class, () -> writer.get(500, TimeUnit.MILLISECONDS));
    long before = written.get();
    client.readExactly(8 * 1024 * 1024);
    assertTrue(written.get() > before, "it went on after having been blocked");
    connection.close();
    assertThrows(ExecutionException.class, () -> writer.get(60, TimeUnit.SECONDS));
  }

  private static void writeUntilClosed(Connection connection, AtomicLong written) {
    byte[] block = new byte[64 * 1024];
    try {
      while (true) {
        connection.out().write(block);
        written.addAndGet(block.length);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void D6_it_outlives_a_handler_that_returns() throws Exception {
    Server running = serve(take);
    RawClient client = send(GET);
    Connection connection = taken();
    assertTrue(access.awaitLine().endsWith("HIJACKED"), access.lines()::toString);
    assertEquals(0, running.openConnections());
    client.send("ping");
    assertEquals("ping", read(connection, 4));
    connection.out().write("pong".getBytes(StandardCharsets.US_ASCII));
    assertEquals("pong", client.readExactly(4));
    connection.close();
    client.expectEnd();
  }

  @Test
  void D6_it_outlives_a_handler_that_throws() throws Exception {
    serve((request, response) -> {
      taken.complete(response.hijack());
      throw new IllegalStateException("after the hijack");
    });
    RawClient client = send(GET);
    Connection connection = taken();
    server.expectLogged("after the hijack");
    connection.out().write("alive".getBytes(StandardCharsets.US_ASCII));
    assertEquals("alive", client.readExactly(5));
  }

  @Test
  void D6_a_client_that_closes_its_side_ends_reads_and_no_more() throws Exception {
    var ended = new Gate();
    serve((request, response) -> {
      Connection connection = response.hijack();
      taken.complete(connection);
      assertEquals(-1, connection.in().read());
      assertFalse(Thread.currentThread().isInterrupted());
      assertFalse(request.cancelled().isSet());
      ended.open();
    });
    RawClient client = send(GET);
    Connection connection = taken();
    client.shutdownOutput();
    ended.pass();
    connection.out().write("late".getBytes(StandardCharsets.US_ASCII));
    assertEquals("late", client.readExactly(4));
    connection.close();
    client.expectEnd();
  }

  @Test
  void D6_a_client_that_resets_fails_a_waiting_read() throws Exception {
    serve(take);
    RawClient client = send(GET);
    Connection connection = taken();
    var reader = CompletableFuture.supplyAsync(() -> readOrFail(connection));
    client.reset();
    assertEquals("failed", reader.get(60, TimeUnit.SECONDS));
  }

  private static String readOrFail(Connection connection) {
    try {
      return "read " + connection.in().read();
    } catch (IOException e) {
      return "failed";
    }
  }

  @Test
  void D6_closing_from_another_thread_ends_a_waiting_read() throws Exception {
    serve(take);
    RawClient client = send(GET);
    Connection connection = taken();
    var reader = CompletableFuture.supplyAsync(() -> readOrFail(connection));
    connection.close();
    connection.close();
    reader.get(60, TimeUnit.SECONDS);
    client.expectEnd();
  }

  @Test
  void shutdownOutput_sends_a_FIN_and_reads_on() throws Exception {
    serve(take);
    RawClient client = send(GET);
    Connection connection = taken();
    connection.shutdownOutput();
    client.expectEnd();
    client.send("still heard");
    assertEquals("still heard", read(connection, 11));
    assertThrows(IOException.class, () -> connection.out().write('x'));
  }

  @Test
  void a_read_timeout_fails_one_read_and_not_the_next() throws Exception {
    serve(take);
    RawClient client = send(GET);
    Connection connection = taken();
    assertThrows(IllegalArgumentException.class, () -> connection.readTimeout(Duration.ofDays(-1)));
    connection.readTimeout(Duration.ofMillis(1));
    assertThrows(SocketTimeoutException.class, () -> connection.in().read());
    connection.readTimeout(Duration.ZERO);
    client.send("later");
    assertEquals("later", read(connection, 5));
    assertEquals(client.socket().getLocalSocketAddress(), connection.remoteAddress());
  }

  @Test
  void what_nobody_reads_is_bounded_by_pausing() throws Exception {
    serve(take);
    RawClient client = send(GET);
    Connection connection = taken();
    byte[] megabyte = new byte[1024 * 1024];
    var sender =
        CompletableFuture.runAsync(() -> {
          try {
            for (int i = 0; i < 64; i++) {
              client.send(megabyte);
            }
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    Await.until("64 KiB wait", () -> available(connection) >= 64 * 1024);
    assertThrows(TimeoutException.class, () -> sender.get(200, TimeUnit.MILLISECONDS));
    assertTrue(available(connection) < 1024 * 1024, () -> available(connection) + " bytes kept");
    connection.in().skipNBytes(64L * megabyte.length);
    sender.get(60, TimeUnit.SECONDS);
  }

  private static int available(Connection connection) {
    try {
      return connection.in().available();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection taken() throws Exception {
    return taken.get(60, TimeUnit.SECONDS);
  }

  private static String read(Connection connection, int count) throws IOException {
    return new String(connection.in().readNBytes(count), StandardCharsets.US_ASCII);
  }
}
