package dev.sluice.server;

import static dev.sluice.CloseReason.CLIENT_GONE;
import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.SHUTDOWN;
import static dev.sluice.CloseReason.WRITE_TIMEOUT;
import static dev.sluice.server.RawFollow.RAW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.journal.Ending;
import dev.sluice.testkit.RawClient;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How following ends, and what is told of it: once, after each test {@link Ends} sees to that. */
final class FollowEndTest extends FollowFixture {
  private static final int LARGE = 32 << 20;
  private static final Duration SHORT = Duration.ofMillis(400);

  @ParameterizedTest
  @EnumSource
  void a_client_that_goes_while_nothing_happens_is_noticed(DisconnectTest.Going how)
      throws Exception {
    serveFollowing(RAW);
    RawClient client = ask(0);
    FollowedBody.read(client);
    how.go(client);
    ends.await(CLIENT_GONE);
    awaitNoConnections();
    append("nobody reads this");
  }

  @ParameterizedTest
  @EnumSource
  void so_is_one_that_was_sent_much_and_took_little(DisconnectTest.Going how) throws Exception {
    append(new byte[LARGE]);
    serveFollowing(RAW);
    RawClient client = ask(0, SLOW);
    FollowedBody.read(client).readNBytes(300_000);
    how.go(client);
    ends.await(CLIENT_GONE);
    awaitNoConnections();
  }

  @ParameterizedTest
  @EnumSource
  void so_is_one_behind_whom_a_request_waits(DisconnectTest.Going how) throws Exception {
    serveFollowing(RAW);
    RawClient client = send(GET + GET);
    FollowedBody.read(client);
    how.go(client);
    ends.await(CLIENT_GONE);
  }

  @ParameterizedTest
  @EnumSource
  void so_is_one_whose_request_body_nobody_reads(DisconnectTest.Going how) throws Exception {
    Handler following = following(RAW);
    serve(
        options -> options.withLimits(options.limits().withKept(1000, 1000, 1000)),
        (request, response) -> {
          InputStream body = request.body();
          while (body.available() < 1000) {
            assertTrue(body.available() >= 0);
          }
          following.handle(request, response);
        });
    RawClient client =
        send(
            "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 300000\r\n\r\n"
                + "b".repeat(200_000));
    FollowedBody.read(client);
    how.go(client);
    ends.await(CLIENT_GONE);
  }

  @Test
  void a_client_that_goes_leaves_the_others_alone() throws Exception {
    serveFollowing(RAW);
    RawClient leaves = ask(0);
    FollowedBody.read(leaves);
    FollowedBody stays = follow(0);
    leaves.reset();
    ends.await(CLIENT_GONE);
    append("live");
    assertEquals("live", stays.readText(4));
    journal.close(Ending.PLAIN);
    assertEquals("", stays.readToEnd());
    ends.await(CLIENT_GONE, COMPLETED);
  }

  @Test
  void a_client_that_takes_nothing_is_cut_after_the_write_timeout() throws Exception {
    append(new byte[LARGE]);
    serveFollowing(timeouts -> timeouts.withWrite(SHORT), RAW);
    RawClient client = ask(0, SLOW);
    ends.await(WRITE_TIMEOUT);
    client.expectReset();
  }

  @Test
  void so_is_one_that_stops_midway() throws Exception {
    append(new byte[LARGE]);
    serveFollowing(timeouts -> timeouts.withWrite(SHORT), RAW);
    RawClient client = ask(0, SLOW);
    FollowedBody.read(client).readNBytes(1_000_000);
    ends.await(WRITE_TIMEOUT);
    client.expectReset();
  }

  @Test
  void one_that_waits_for_longer_than_that_for_an_append_is_not() throws Exception {
    serveFollowing(timeouts -> timeouts.withWrite(SHORT), RAW);
    FollowedBody body = follow(0);
    var passed = new CompletableFuture<Void>().completeOnTimeout(null, 1200, TimeUnit.MILLISECONDS);
    passed.get(10, TimeUnit.SECONDS);
    append("late");
    assertEquals("late", body.readText(4));
    journal.close(Ending.PLAIN);
    assertEquals("", body.readToEnd());
    ends.await(COMPLETED);
  }

  @Test
  void nor_is_one_that_takes_a_little_now_and_then() throws Exception {
    byte[] all = noise(8 << 20, 1);
    append(all);
    journal.close(Ending.PLAIN);
    serveFollowing(timeouts -> timeouts.withWrite(SHORT), RAW);
    FollowedBody body = FollowedBody.read(ask(0, SLOW));
    long begin = System.nanoTime();
    int taken = 0;
    while (System.nanoTime() - begin < 3 * SHORT.toNanos()) {
      var pause = new CompletableFuture<Void>().completeOnTimeout(null, 30, TimeUnit.MILLISECONDS);
      pause.get(10, TimeUnit.SECONDS);
      taken += body.readNBytes(64 * 1024).length;
    }
    assertTrue(ends.soFar().isEmpty(), ends.soFar()::toString);
    assertEquals(all.length, taken + body.readAllBytes().length);
    ends.await(COMPLETED);
  }

  @Test
  void a_shutdown_cuts_those_that_are_left() throws Exception {
    Server running = serve(following(RAW));
    RawClient idle = ask(0);
    FollowedBody.read(idle);
    append(new byte[LARGE]);
    RawClient slow = ask(0, SLOW);
    FollowedBody.read(slow);
    ends.awaitOpen(2);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(running::close);
    ends.await(SHUTDOWN, SHUTDOWN);
    assertFalse(idle.readToEnd().endsWith("0\r\n\r\n"), "a cut is no end");
    slow.close();
    idle.close();
    closed.get(10, TimeUnit.SECONDS);
    append("nobody reads this");
  }

  @Test
  void a_journal_that_is_closed_within_the_grace_ends_it_orderly() throws Exception {
    Server running = serveFollowing(timeouts -> timeouts.withDrain(Duration.ofSeconds(10)), RAW);
    RawClient client = ask(0);
    FollowedBody body = FollowedBody.read(client);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(running::close);
    Await.until("draining", () -> running.draining().isSet());
    append("bye");
    journal.close(Ending.PLAIN);
    assertEquals("bye", body.readToEnd());
    client.expectEnd();
    client.close();
    closed.get(10, TimeUnit.SECONDS);
    ends.await(COMPLETED);
  }

  @Test
  void a_writer_does_not_notice_a_shutdown() throws Exception {
    Server running =
        serveFollowing(
            timeouts -> timeouts.withEnding(Duration.ofSeconds(1), Duration.ofMillis(100)), RAW);
    for (int i = 0; i < 8; i++) {
      FollowedBody.read(ask(0));
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
    writer.get(10, TimeUnit.SECONDS);
    assertEquals(8, ends.soFar().size());
  }
}
