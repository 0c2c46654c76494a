package dev.sluice.server;

import static dev.sluice.CloseReason.CLIENT_GONE;
import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.DELETED;
import static dev.sluice.CloseReason.HANDLER_FAILED;
import static dev.sluice.CloseReason.SHUTDOWN;
import static dev.sluice.CloseReason.UNREADABLE;
import static dev.sluice.CloseReason.WRITE_TIMEOUT;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How following ends for viewers whose bytes are not in memory. */
@Tag("external")
final class ColdFollowEndTest extends ColdFollowFixture {
  private final byte[] all = noise(32 * MIB, 1);

  @BeforeEach
  void fill() {
    appendCold(all);
  }

  @ParameterizedTest
  @CsvSource({"CLOSE, raw", "FIN, raw", "RESET, raw", "CLOSE, lines", "FIN, lines", "RESET, lines"})
  void a_client_that_goes_is_noticed(DisconnectTest.Going going, String how) throws Exception {
    serve(followingCold());
    RawClient client = askSlowly(how, 0);
    assertTrue(FollowedBody.read(client).readNBytes(300_000).length > 0);
    going.go(client);
    ends.await(CLIENT_GONE);
    awaitNoConnections();
  }

  @Test
  void so_are_many_that_go_in_the_middle_of_a_write() throws Exception {
    serve(followingCold());
    for (int i = 0; i < 40; i++) {
      RawClient client = send(get(i % 2 == 0 ? "raw" : "lines", i));
      assertTrue(FollowedBody.read(client).readNBytes(i * 50_000 + 1).length > 0);
      if (i % 3 == 0) {
        client.reset();
      } else {
        client.close();
      }
    }
    awaitNoConnections();
    assertTrue(ends.soFar().stream().allMatch(CLIENT_GONE::equals), ends.soFar()::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "lines"})
  void a_client_that_takes_nothing_is_cut_after_the_write_timeout(String how) throws Exception {
    Duration timeout = Duration.ofMillis(400);
    serve(options -> options.withTimeouts(options.timeouts().withWrite(timeout)), followingCold());
    RawClient client = askSlowly(how, 0);
    ends.await(WRITE_TIMEOUT);
    client.expectReset();
  }

  @Test
  void a_shutdown_cuts_those_that_are_left() throws Exception {
    Server running = serve(followingCold());
    RawClient raw = askSlowly("raw", 0);
    FollowedBody.read(raw);
    RawClient lines = askSlowly("lines", 0);
    FollowedBody.read(lines);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(running::close);
    ends.await(SHUTDOWN, SHUTDOWN);
    assertCut(raw);
    assertCut(lines);
    closed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void within_the_grace_those_of_a_closed_journal_get_everything() throws Exception {
    cold.close(Ending.PLAIN);
    Server running =
        serve(
            options -> options.withTimeouts(options.timeouts().withDrain(Duration.ofMinutes(2))),
            followingCold());
    RawClient raw = askSlowly("raw", 0);
    RawClient lines = askSlowly("lines", 0);
    FollowedBody linesBody = FollowedBody.read(lines);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(running::close);
    Await.until("draining", () -> running.draining().isSet());
    new ColdFollowBody(raw, all, 0).readToEnd();
    new Lines(linesBody, 0, all).readToEnd();
    ends.await(COMPLETED, COMPLETED);
    raw.close();
    lines.close();
    closed.get(60, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void when_the_journal_is_deleted_all_are_cut_whatever_they_do(boolean closed) throws Exception {
    serve(followingCold());
    RawClient blocked = askSlowly("raw", 0);
    FollowedBody.read(blocked);
    RawClient blockedLines = askSlowly("lines", 0);
    FollowedBody.read(blockedLines);
    RawClient idle = send(get("raw", all.length));
    FollowedBody.read(idle);
    RawClient old = connect(SLOW).send("GET /raw?0 HTTP/1.0\r\n\r\n");
    old.readUntil("\r\n\r\n");
    RawClient oldIdle = send("GET /raw?%d HTTP/1.0\r\n\r\n".formatted(all.length));
    oldIdle.readUntil("\r\n\r\n");
    ends.awaitOpen(5);
    if (closed) {
      cold.close(Ending.PLAIN);
      idle.readUntil("0\r\n\r\n");
      oldIdle.expectEnd();
      Await.until("two have ended", () -> ends.open() == 3);
    }
    assertTrue(store.delete(cold));
    Await.until("all have ended", () -> ends.open() == 0);
    CloseReason first = closed ? COMPLETED : DELETED;
    assertTrue(ends.soFar().subList(0, 2).stream().allMatch(first::equals), ends.soFar()::toString);
    assertTrue(
        ends.soFar().subList(2, 5).stream().allMatch(DELETED::equals), ends.soFar()::toString);
    assertCut(blocked);
    assertCut(blockedLines);
    old.expectReset();
    if (!closed) {
      assertCut(idle);
      oldIdle.expectReset();
    }
  }

  @Test
  void one_that_comes_when_the_journal_is_deleted_is_cut() throws Exception {
    serve(followingCold());
    assertTrue(store.delete(cold));
    assertCut(send(get("raw", 0)));
    ends.await(DELETED);
  }

  @Test
  void one_that_waits_for_a_journal_that_is_abandoned_is_cut() throws Exception {
    serve(followingCold());
    RawClient idle = send(get("raw", all.length));
    FollowedBody.read(idle);
    ends.awaitOpen(1);
    cold.abandon();
    assertCut(idle);
    ends.await(CloseReason.ABANDONED);
  }

  /** What a test wants to see fail. */
  private record Failing(boolean throwing) implements Encoding {
    @Override
    public String type() {
      return "application/x-failing";
    }

    @Override
    public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
      if (from < 2 * MIB) {
        return RawFollow.RAW.encode(journal, from, to, last, frame);
      }
      if (throwing) {
        throw new IllegalStateException("an encoding that fails");
      }
      return -1;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_encoding_that_fails_cuts_its_viewer_alone(boolean throwing) throws Exception {
    serve((request, response) -> {
      Encoding encoding = request.target().equals("/") ? new Failing(throwing) : RawFollow.RAW;
      response.follow(cold, Offset.ZERO, encoding, ends.next());
    });
    RawClient client = send(GET);
    FollowedBody body = FollowedBody.read(client);
    assertTrue(body.readNBytes(2 * MIB).length == 2 * MIB);
    ends.await(throwing ? HANDLER_FAILED : UNREADABLE);
    assertCut(client);
    if (throwing) {
      server.expectLogged("an encoding that fails");
    }
    cold.close(Ending.PLAIN);
    new ColdFollowBody(send(get("raw", 0)), all, 0).readToEnd();
  }

  private static void assertCut(RawClient client) throws Exception {
    assertFalse(client.readToEnd().endsWith("0\r\n\r\n"), "a cut is no end");
  }
}
