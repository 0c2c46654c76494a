package dev.sluice.server;

import static dev.sluice.CloseReason.RENEWED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.testkit.RawClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Viewers whose encoding has a lifetime: they are sent away when they have all there is. */
final class FollowLifetimeTest extends FollowFixture {
  private static final WholeLines SHORT = new WholeLines(60_000, Duration.ofMillis(1));

  @Test
  void the_response_ends_without_trailers_and_the_connection_goes_on() throws Exception {
    append("abc\n");
    serveFollowing(SHORT);
    RawClient client = connect();
    for (int i = 0; i < 3; i++) {
      FollowedBody body =
          FollowedBody.read(client.send("GET /?0 HTTP/1.1\r\nHost: test\r\nTE: trailers\r\n\r\n"));
      assertEquals("abc\n", new WholeLines.Reader(body, 0).readToEnd().take());
      assertEquals("", body.trailers());
    }
    ends.await(RENEWED, RENEWED, RENEWED);
  }

  @Test
  void one_of_http_1_0_ends_with_its_connection() throws Exception {
    append("abc\n");
    serveFollowing(SHORT);
    String all = connect().send("GET /?0 HTTP/1.0\r\n\r\n").readToEnd();
    assertEquals("from 0 4 4\nabc\nasked 0 4 4\n", all.substring(all.indexOf("\r\n\r\n") + 4));
    ends.await(RENEWED);
  }
}
