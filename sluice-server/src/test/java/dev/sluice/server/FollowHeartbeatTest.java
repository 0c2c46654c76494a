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

  @Test
  void there_is_none_while_data_flows() throws Exception {
    serveFollowing(timeouts -> timeouts.withHeartbeat(Duration.ofSeconds(3)), LINES);
    FollowedBody body = follow(0);
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      var _ = timer.scheduleAtFixedRate(() -> append("tick"), 0, 100, TimeUnit.MILLISECONDS);
      var lines = new Lines(body, 0).readTo(4 * 40);
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
}
