package dev.sluice.server;

import static dev.sluice.server.FollowFixture.noise;
import static dev.sluice.server.LineFollow.LINES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Ending;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Silence is broken, and frames are not. */
abstract class FollowHeartbeatContract extends JournalContract {
  private static final Duration SILENCE = Duration.ofMillis(300);

  FollowHeartbeatContract(Transport transport) {
    super(transport);
  }

  @Test
  void a_silence_is_broken_again_and_again() throws Exception {
    serveFollowing(timeouts -> timeouts.withHeartbeat(SILENCE), LINES);
    long begin = System.nanoTime();
    var lines = new Lines(follow(0).body(), 0).readToBeat(2);
    long passed = System.nanoTime() - begin;
    assertTrue(passed >= 2 * SILENCE.toNanos() - 50_000_000, passed + " ns");
    append("data");
    lines.readTo(4).readToBeat(3);
    journal.close(Ending.PLAIN);
    assertTrue(lines.readToEnd().beats() >= 3);
  }

  @Test
  void there_is_none_within_a_frame_that_a_slow_client_takes_in_parts() throws Exception {
    byte[] all = noise(6 << 20, 1);
    append(all);
    journal.close(Ending.PLAIN);
    serveFollowing(
        timeouts -> timeouts.withHeartbeat(Duration.ofMillis(1)), new LineFollow(60_000));
    var body = followSlowly().body();
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      var lines = new Lines(body, 0);
      timer.schedule(() -> lines.readTo(2 << 20), 300, TimeUnit.MILLISECONDS).get();
      timer.schedule(() -> lines.readToEnd(), 300, TimeUnit.MILLISECONDS).get();
      assertEquals(all.length, lines.data().length);
    }
  }
}
