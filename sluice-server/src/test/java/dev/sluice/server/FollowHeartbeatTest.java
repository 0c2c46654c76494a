package dev.sluice.server;

import static dev.sluice.server.LineFollow.LINES;
import static dev.sluice.server.RawFollow.RAW;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.journal.Ending;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Silence is broken, and only silence. */
final class FollowHeartbeatTest extends FollowFixture {
  private static final Duration SILENCE = Duration.ofMillis(300);

  @Test
  void a_silence_is_broken_again_and_again() throws Exception {
    serveFollowing(timeouts -> timeouts.withHeartbeat(SILENCE), LINES);
    long begin = System.nanoTime();
    var lines = new Lines(follow(0), 0).readToBeat(2);
    long passed = System.nanoTime() - begin;
    assertEquals(true, passed >= 2 * SILENCE.toNanos() - 50_000_000, passed + " ns");
    append("data");
    lines.readTo(4).readToBeat(3);
    journal.close(Ending.PLAIN);
    assertEquals(3, lines.readToEnd().beats());
  }

  @Test
  void there_is_none_while_data_flows() throws Exception {
    serveFollowing(timeouts -> timeouts.withHeartbeat(Duration.ofSeconds(1)), LINES);
    FollowedBody body = follow(0);
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      var _ = timer.scheduleAtFixedRate(() -> append("tick"), 0, 100, TimeUnit.MILLISECONDS);
      var lines = new Lines(body, 0).readTo(4 * 15);
      timer.shutdownNow();
      assertEquals(0, lines.beats());
    }
    journal.close(Ending.PLAIN);
  }

  @Test
  void there_is_none_where_the_encoding_has_none() throws Exception {
    serveFollowing(timeouts -> timeouts.withHeartbeat(Duration.ofMillis(1)), RAW);
    var lines = new FollowedBody[] {follow(0)};
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      var _ = timer.schedule(() -> append("late"), 700, TimeUnit.MILLISECONDS);
      assertEquals("late", lines[0].readText(4));
    }
    journal.close(Ending.PLAIN);
    assertEquals("", lines[0].readToEnd());
  }

  @Test
  void there_is_none_within_a_frame_that_a_slow_client_takes_in_parts() throws Exception {
    byte[] all = noise(6 << 20, 1);
    append(all);
    journal.close(Ending.PLAIN);
    serveFollowing(
        timeouts -> timeouts.withHeartbeat(Duration.ofMillis(1)), new LineFollow(60_000));
    FollowedBody body = FollowedBody.read(ask(0, SLOW));
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      var lines = new Lines(body, 0);
      timer.schedule(() -> lines.readTo(2 << 20), 300, TimeUnit.MILLISECONDS).get();
      timer.schedule(() -> lines.readToEnd(), 300, TimeUnit.MILLISECONDS).get();
      assertEquals(all.length, lines.data().length);
    }
  }
}
