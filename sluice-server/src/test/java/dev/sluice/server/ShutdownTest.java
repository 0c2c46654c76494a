package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Connection;
import dev.sluice.Handler;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rules H1 and D10: an orderly end. */
final class ShutdownTest extends WireTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static final Handler UNTIL_DRAINED =
      (request, response) -> {
        response.write("open ");
        response.flush();
        assertTrue(request.draining().await(Duration.ofSeconds(60)));
        response.write("bye");
      };

  @Test
  void H1_idle_connections_close_at_once() throws Exception {
    Server running = serve((request, response) -> response.write("fine"));
    RawClient silent = connect();
    RawClient idle = send(GET);
    assertEquals("fine", Reply.read(idle).body());
    access.awaitLine();
    var shutdown = shutdown(running, LONG);
    idle.expectEnd();
    silent.expectEnd();
    idle.close();
    silent.close();
    shutdown.get(60, TimeUnit.SECONDS);
    assertEquals(0, running.openConnections());
  }

  @Test
  void H1_no_connection_is_accepted_any_more() throws Exception {
    var handler = new WaitingHandler();
    Server running = serve(handler);
    RawClient client = send(GET);
    handler.awaitWaiting();
    var shutdown = shutdown(running, LONG);
    Await.until("no connection is accepted", () -> !accepts(running));
    assertThrows(ConnectException.class, this::connect);
    handler.release();
    assertEquals(200, Reply.read(client).status());
    client.close();
    shutdown.get(60, TimeUnit.SECONDS);
  }

  private static boolean accepts(Server running) {
    try (var socket = new Socket()) {
      socket.connect(running.address());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void H1_handlers_get_a_signal_and_end_in_their_own_time() throws Exception {
    Server running = serve(UNTIL_DRAINED);
    RawClient client = send(GET + GET);
    client.readUntil("5\r\nopen \r\n");
    var shutdown = shutdown(running, LONG);
    assertEquals("3\r\nbye\r\n0\r\n\r\n", client.readToEnd());
    client.close();
    shutdown.get(60, TimeUnit.SECONDS);
    assertTrue(access.awaitLine().endsWith("COMPLETED"), access.lines()::toString);
  }

  @Test
  void H1_a_response_that_begins_meanwhile_says_that_the_connection_closes() throws Exception {
    var handler = new WaitingHandler();
    Server running = serve(handler);
    RawClient client = send(GET);
    handler.awaitWaiting();
    var shutdown = shutdown(running, LONG);
    Await.until("draining", () -> !accepts(running));
    handler.release();
    Reply reply = Reply.read(client);
    assertEquals(200, reply.status());
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
    client.close();
    shutdown.get(60, TimeUnit.SECONDS);
  }

  @Test
  void H1_after_the_grace_period_what_is_left_is_cut() throws Exception {
    var handler =
        new WaitingHandler((request, response) -> {
          response.write("open");
          response.flush();
        });
    Server running = serve(handler);
    RawClient client = send(GET);
    client.readUntil("4\r\nopen\r\n");
    handler.awaitWaiting();
    var shutdown = shutdown(running, Duration.ofMillis(1));
    handler.expectInterrupt();
    client.expectEnd();
    client.close();
    shutdown.get(60, TimeUnit.SECONDS);
    assertTrue(access.awaitLine().endsWith("SHUTDOWN"), access.lines()::toString);
  }

  @Test
  void H1_what_is_left_without_framing_is_reset() throws Exception {
    var handler =
        new WaitingHandler((request, response) -> {
          response.write("open");
          response.flush();
        });
    Server running = serve(handler);
    RawClient client = send("GET / HTTP/1.0\r\n\r\n");
    client.readUntil("\r\n\r\nopen");
    handler.awaitWaiting();
    var shutdown = shutdown(running, Duration.ofMillis(1));
    client.expectReset();
    shutdown.get(60, TimeUnit.SECONDS);
    access.awaitLine();
  }

  @Test
  void H1_a_flush_that_waits_for_a_slow_client_is_cut_too() throws Exception {
    var writing = new Gate();
    Server running =
        serve((request, response) -> {
          byte[] block = new byte[1024 * 1024];
          while (true) {
            response.write(block);
            writing.open();
            response.flush();
          }
        });
    RawClient client = connect(RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096)).send(GET);
    writing.pass();
    var shutdown = shutdown(running, Duration.ofMillis(1));
    assertTrue(access.awaitLine().endsWith("SHUTDOWN"), access.lines()::toString);
    client.close();
    shutdown.get(60, TimeUnit.SECONDS);
  }

  @Test
  void H1_a_handler_that_ignores_its_interrupt_does_not_hold_it_up() throws Exception {
    var waiting = new Gate();
    var released = new CountDownLatch(1);
    Server running =
        serve((request, response) -> {
          waiting.open();
          boolean done = false;
          while (!done) {
            try {
              released.await();
              done = true;
            } catch (InterruptedException e) {
              // It does not care.
            }
          }
        });
    RawClient client = send(GET);
    waiting.pass();
    var shutdown = shutdown(running, Duration.ofMillis(1));
    client.expectEnd();
    client.close();
    shutdown.get(60, TimeUnit.SECONDS);
    released.countDown();
  }

  @Test
  void H1_a_head_that_was_begun_is_cut_after_the_grace_period() throws Exception {
    Server running = serve((request, response) -> response.write("never"));
    RawClient client = send(GET + "GET / HTTP/1.1\r\nHos");
    assertEquals("never", Reply.read(client).body());
    shutdown(running, Duration.ofMillis(1)).get(60, TimeUnit.SECONDS);
    client.readToEnd();
    access.awaitLine();
  }

  @Test
  void H1_close_is_idempotent_and_awaitShutdown_returns() throws Exception {
    Server running = serve((request, response) -> {});
    var first = shutdown(running, LONG);
    var second = shutdown(running, LONG);
    running.awaitShutdown();
    running.close();
    first.get(60, TimeUnit.SECONDS);
    second.get(60, TimeUnit.SECONDS);
  }

  @Test
  void H1_the_port_can_be_bound_again() throws Exception {
    Server first = serve((request, response) -> response.write("first"));
    assertEquals("first", Reply.read(send(GET)).body());
    first.close();
    serve(
        options -> options.withListen(first.address()),
        (request, response) -> response.write("second"));
    assertEquals("second", Reply.read(send(GET)).body());
  }

  @Tag("external")
  @Test
  void H1_connections_that_come_at_the_last_moment_are_closed_too() throws Exception {
    for (int i = 0; i < 20; i++) {
      Server running = serve((request, response) -> response.write("hardly"));
      for (int j = 0; j < 4; j++) {
        send(GET);
      }
      running.close();
    }
  }

  @Test
  void D10_hijacked_connections_are_neither_waited_for_nor_closed() throws Exception {
    var taken = new CompletableFuture<Connection>();
    var told = new Gate();
    Server running =
        serve((request, response) -> {
          request.draining().onSet(told::open);
          taken.complete(response.hijack());
        });
    RawClient client = send(GET);
    try (Connection connection = taken.get(60, TimeUnit.SECONDS)) {
      running.close();
      told.pass();
      client.send("ping");
      assertEquals("ping", new String(connection.in().readNBytes(4), StandardCharsets.US_ASCII));
      connection.out().write("pong".getBytes(StandardCharsets.US_ASCII));
      assertEquals("pong", client.readExactly(4));
      Server second =
          serve(
              options -> options.withListen(running.address()),
              (request, response) -> response.write("second"));
      assertEquals("second", Reply.read(send(GET)).body());
      assertEquals(running.port(), second.port());
    }
    client.expectEnd();
  }

  private static CompletableFuture<Void> shutdown(Server running, Duration grace) {
    return CompletableFuture.runAsync(() -> {
      try {
        running.shutdown(grace);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }
}
