package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.StreamClosedException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients that grant little, or nothing. */
final class WindowAttackTest extends AttackFixture {
  private static final byte[] BLOCK = new byte[64 * 1024];
  private static final HeaderBlock GET = HeaderBlock.get("/");

  @Test
  void a_window_of_one_byte_gets_one_byte_after_the_other() throws Exception {
    byte[] body = "0123456789".repeat(200).getBytes(StandardCharsets.US_ASCII);
    serve((request, response) -> response.write(body));
    try (var client = Transport.HTTP_2.connect(server.address(), 1)) {
      assertEquals(new String(body, StandardCharsets.US_ASCII), client.get("/").end().text());
      assertEquals(new String(body, StandardCharsets.US_ASCII), client.get("/").end().text());
    }
  }

  @Test
  void a_window_of_nothing_costs_a_handler_its_write_timeout_and_no_more() throws Exception {
    Queue<CloseReason> reasons = new ConcurrentLinkedQueue<>();
    serve(
        options -> options.withTimeouts(options.timeouts().withWrite(Duration.ofMillis(300))),
        (request, response) -> {
          try {
            while (true) {
              response.write(BLOCK);
            }
          } catch (StreamClosedException e) {
            reasons.add(e.reason());
          }
        });
    Attacker attacker = attack(Http2Frame.INITIAL_WINDOW_SIZE, 0);
    attacker
        .flood(100, i -> new Http2Frame[] {Http2Frame.headers(2 * i + 1, END_STREAM, GET)})
        .awaitFlooded();
    Await.until("all are cut", () -> reasons.size() == 100);
    assertTrue(reasons.stream().allMatch(CloseReason.WRITE_TIMEOUT::equals), reasons::toString);
    server.awaitHandlers();
    attacker.awaitSeen();
    assertBounded("window of 0, 100 streams", attacker, 4);
    assertEquals(100, attacker.received(Http2Frame.RST_STREAM));
  }

  /** The window shrinks below what is under way, and comes back. */
  @Test
  void a_window_that_becomes_negative_is_waited_for() throws Exception {
    serve((request, response) -> response.write(BLOCK));
    Attacker attacker = attack(Http2Frame.INITIAL_WINDOW_SIZE, 10_000);
    attacker.send(Http2Frame.headers(1, END_STREAM, GET));
    Await.until("the window is used", () -> attacker.received(Http2Frame.DATA) > 0);
    attacker.awaitSeen();
    int before = attacker.received(Http2Frame.DATA);
    attacker.send(
        Http2Frame.settings(Http2Frame.INITIAL_WINDOW_SIZE, 1_000),
        Http2Frame.windowUpdate(1, 9_000));
    attacker.awaitSeen();
    assertEquals(before, attacker.received(Http2Frame.DATA));
    attacker.send(
        Http2Frame.windowUpdate(0, BLOCK.length), Http2Frame.windowUpdate(1, BLOCK.length));
    server.awaitHandlers();
    attacker.awaitSeen();
    assertTrue(attacker.received(Http2Frame.DATA) > before);
    assertEquals(-1, attacker.resetError());
  }

  /**
   * The connection's window is all there is for a hundred streams: who is first must not matter.
   */
  @Test
  void the_connections_window_is_used_by_all() throws Exception {
    serve((request, response) -> {
      response.write(BLOCK);
      response.flush();
    });
    Attacker attacker = attack(Http2Frame.INITIAL_WINDOW_SIZE, BLOCK.length);
    attacker
        .flood(20, i -> new Http2Frame[] {Http2Frame.headers(2 * i + 1, END_STREAM, GET)})
        .awaitFlooded();
    attacker.awaitSeen();
    attacker.flood(2_000, i -> new Http2Frame[] {Http2Frame.windowUpdate(0, 1_000)});
    server.awaitHandlers();
    assertEquals(-1, attacker.resetError());
    assertBounded("window of the connection, 20 streams", attacker, 4);
  }

  /** Each a handler that waits, and its window; what it has written is in nobody's memory. */
  @Tag("external")
  @Test
  void a_thousand_streams_that_nobody_reads_keep_little_memory() throws Exception {
    var written = new AtomicInteger();
    serve((request, response) -> {
      response.interruptOnCancel(false);
      try {
        while (true) {
          response.write(BLOCK);
          response.flush();
          written.incrementAndGet();
        }
      } catch (StreamClosedException e) {
        // The test is over.
      }
    });
    List<Attacker> attackers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Attacker attacker = attackDeaf(Http2Frame.INITIAL_WINDOW_SIZE, 1 << 20);
      attacker.send(Http2Frame.windowUpdate(0, Integer.MAX_VALUE - Http2Frame.WINDOW_BYTES));
      attacker
          .flood(100, n -> new Http2Frame[] {Http2Frame.headers(2 * n + 1, END_STREAM, GET)})
          .awaitFlooded();
      attackers.add(attacker);
    }
    Await.until("all have begun", () -> started() == 1_000);
    int last = -1;
    while (last != written.get()) { // until all wait
      last = written.get();
      Thread.sleep(300);
    }
    assertBounded("1,000 streams, no reader", attackers.getFirst(), 24);
    for (Attacker attacker : attackers) {
      attacker.close();
    }
    server.awaitHandlers();
  }

  /**
   * Who waits for the window of the connection is woken when it grows, but there is a byte only.
   */
  @Tag("external")
  @Test
  void a_connection_window_that_grows_byte_by_byte_costs_little() throws Exception {
    serve((request, response) -> response.write(BLOCK));
    Attacker attacker = attack(Http2Frame.INITIAL_WINDOW_SIZE, BLOCK.length);
    attacker
        .flood(200, i -> new Http2Frame[] {Http2Frame.headers(2 * i + 1, END_STREAM, GET)})
        .awaitFlooded();
    attacker.awaitSeen();
    attacker.flood(20_000, i -> new Http2Frame[] {Http2Frame.windowUpdate(0, 1)}).awaitFlooded();
    attacker.awaitSeen();
    assertBounded("20,000 windows of a byte, 200 streams", attacker, 8);
    attacker.close();
    server.awaitHandlers();
  }

  @Tag("external")
  @Test
  void settings_that_change_all_windows_cost_little() throws Exception {
    serve((request, response) -> response.write(BLOCK));
    Attacker attacker = attack(Http2Frame.INITIAL_WINDOW_SIZE, 0);
    attacker
        .flood(200, i -> new Http2Frame[] {Http2Frame.headers(2 * i + 1, END_STREAM, GET)})
        .awaitFlooded();
    attacker
        .flood(
            20_000,
            i -> new Http2Frame[] {Http2Frame.settings(Http2Frame.INITIAL_WINDOW_SIZE, i % 2)})
        .awaitFlooded();
    attacker.awaitSeen();
    assertBounded("20,000 changes of 200 windows", attacker, 8);
    attacker.close();
    server.awaitHandlers();
  }
}
