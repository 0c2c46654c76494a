package dev.sluice.server;

import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.RENEWED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Ending;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Viewers whose encoding has a lifetime: they are sent away when they have all there is. */
abstract class FollowLifetimeContract extends JournalContract {
  private static final WholeLines SHORT = new WholeLines(60_000, Duration.ofMillis(1));

  FollowLifetimeContract(Transport transport) {
    super(transport);
  }

  @Test
  void the_response_ends_without_trailers_and_the_connection_goes_on() throws Exception {
    append("abc\n");
    serveFollowing(SHORT);
    var client = connect();
    for (int i = 0; i < 3; i++) {
      var exchange = follow(client, 0);
      assertEquals("abc\n", new WholeLines.Reader(exchange.body(), 0).readToEnd().take());
      assertEquals(0, exchange.trailers().size());
    }
    ends.await(RENEWED, RENEWED, RENEWED);
  }

  @Test
  void one_that_is_slow_gets_all_there_is_before_that() throws Exception {
    String all = ("x".repeat(99) + "\n").repeat(60_000);
    append(all);
    serveFollowing(SHORT);
    var reader = new WholeLines.Reader(followSlowly().body(), 0);
    assertTrue(all.equals(reader.readToEnd().take()));
    ends.await(RENEWED);
  }

  @Test
  void who_is_quiet_is_sent_away_too_and_who_has_no_lifetime_stays() throws Exception {
    serveFollowing(SHORT);
    expectEnd("", follow(0));
    ends.await(RENEWED);
    journal.close(Ending.PLAIN);
    expectEnd("", follow(0));
    ends.await(RENEWED, COMPLETED);
  }
}
