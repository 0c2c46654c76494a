package dev.sluice.server;

import static dev.sluice.CloseReason.CLIENT_GONE;
import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.SHUTDOWN;
import static dev.sluice.CloseReason.WRITE_TIMEOUT;
import static dev.sluice.server.FollowFixture.noise;
import static dev.sluice.server.RawFollow.RAW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Ending;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How following ends, and what is told of it: once, after each test {@link Ends} sees to that. */
abstract class FollowEndContract extends JournalContract {
  private static final int LARGE = 32 << 20;
  private static final Duration SHORT = Duration.ofMillis(400);

  /** So long that a client that pauses is not taken for one that has stopped. */
  private static final Duration LONGER = Duration.ofSeconds(2);

  FollowEndContract(Transport transport) {
    super(transport);
  }

  @Test
  void a_client_that_goes_while_nothing_happens_is_noticed() throws Exception {
    serveFollowing(RAW);
    follow(0).cancel();
    ends.await(CLIENT_GONE);
    append("nobody reads this");
  }

  @Test
  void so_is_one_that_was_sent_much_and_took_little() throws Exception {
    append(new byte[LARGE]);
    serveFollowing(RAW);
    var exchange = followSlowly();
    exchange.skip(300_000);
    exchange.cancel();
    ends.await(CLIENT_GONE);
  }

  @Test
  void a_client_that_goes_leaves_the_others_alone() throws Exception {
    serveFollowing(RAW);
    var client = connect();
    var leaves = follow(client, 0);
    var stays = follow(http2() ? client : connect(), 0);
    leaves.cancel();
    ends.await(CLIENT_GONE);
    append("live");
    assertEquals("live", stays.read(4));
    journal.close(Ending.PLAIN);
    expectEnd("", stays);
    ends.await(CLIENT_GONE, COMPLETED);
  }

  @Test
  void a_client_that_takes_nothing_is_cut_after_the_write_timeout() throws Exception {
    append(new byte[LARGE]);
    serveFollowing(timeouts -> timeouts.withWrite(SHORT), RAW);
    var exchange = followSlowly();
    ends.await(WRITE_TIMEOUT);
    assertFalse(exchange.end().complete());
  }

  @Test
  void so_is_one_that_stops_midway() throws Exception {
    append(new byte[LARGE]);
    serveFollowing(timeouts -> timeouts.withWrite(LONGER), RAW);
    var exchange = followSlowly();
    exchange.skip(1_000_000);
    ends.await(WRITE_TIMEOUT);
    assertFalse(exchange.end().complete());
  }

  @Test
  void one_that_waits_for_longer_than_that_for_an_append_is_not() throws Exception {
    serveFollowing(timeouts -> timeouts.withWrite(SHORT), RAW);
    var exchange = follow(0);
    var passed = new CompletableFuture<Void>().completeOnTimeout(null, 800, TimeUnit.MILLISECONDS);
    passed.get(60, TimeUnit.SECONDS);
    append("late");
    assertEquals("late", exchange.read(4));
    journal.close(Ending.PLAIN);
    expectEnd("", exchange);
    ends.await(COMPLETED);
  }

  @Test
  void nor_is_one_that_takes_a_little_now_and_then() throws Exception {
    byte[] all = noise(8 << 20, 1);
    append(all);
    journal.close(Ending.PLAIN);
    serveFollowing(timeouts -> timeouts.withWrite(LONGER), RAW);
    var body = followSlowly().body();
    long begin = System.nanoTime();
    int taken = 0;
    while (System.nanoTime() - begin < LONGER.plus(SHORT).toNanos()) {
      var pause = new CompletableFuture<Void>().completeOnTimeout(null, 30, TimeUnit.MILLISECONDS);
      pause.get(60, TimeUnit.SECONDS);
      taken += body.readNBytes(64 * 1024).length;
    }
    assertTrue(ends.soFar().isEmpty(), ends.soFar()::toString);
    assertEquals(all.length, taken + body.readAllBytes().length);
    ends.await(COMPLETED);
  }

  @Test
  void a_shutdown_cuts_those_that_are_left() throws Exception {
    Server running =
        serveFollowing(
            timeouts -> timeouts.withEnding(Duration.ofSeconds(1), Duration.ofMillis(100)), RAW);
    var idle = follow(0);
    append(new byte[LARGE]);
    var slow = followSlowly();
    ends.awaitOpen(2);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(running::close);
    ends.await(SHUTDOWN, SHUTDOWN);
    assertFalse(idle.end().complete());
    slow.cancel();
    closed.get(60, TimeUnit.SECONDS);
    append("nobody reads this");
  }

  @Test
  void a_journal_that_is_closed_within_the_grace_ends_it_orderly() throws Exception {
    Server running = serveFollowing(timeouts -> timeouts.withDrain(Duration.ofMinutes(1)), RAW);
    var client = connect();
    var exchange = follow(client, 0);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(running::close);
    Await.until("draining", () -> running.draining().isSet());
    append("bye");
    journal.close(Ending.PLAIN);
    expectEnd("bye", exchange);
    ends.await(COMPLETED);
    client.close();
    closed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void a_writer_does_not_notice_a_shutdown() throws Exception {
    Server running =
        serveFollowing(
            timeouts -> timeouts.withEnding(Duration.ofSeconds(1), Duration.ofMillis(100)), RAW);
    for (int i = 0; i < 8; i++) {
      assertEquals(200, follow(0).head().status());
    }
    var stop = new AtomicBoolean();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> {
          while (!stop.get()) {
            append("x".repeat(100));
          }
        });
    running.close();
    stop.set(true);
    writer.get(60, TimeUnit.SECONDS);
    assertEquals(8, ends.soFar().size());
  }
}
