package dev.sluice.server;

import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.server.RawFollow.RAW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.journal.Ending;
import dev.sluice.testkit.RawClient;
import org.junit.jupiter.api.Test;

/** Responses that follow a journal on HTTP/1.1: what is on the wire, and what comes after it. */
final class FollowTest extends FollowFixture {

  @Test
  void every_byte_of_a_closed_journal_and_a_last_chunk() throws Exception {
    append("hello");
    journal.close(Ending.PLAIN);
    serve((request, response) -> {
      response.header("Date", "now");
      following(RAW).handle(request, response);
    });
    assertEquals(
        """
        HTTP/1.1 200 OK
        Date: now
        Content-Type: application/x-raw
        X-Accel-Buffering: no
        Cache-Control: no-cache, no-transform
        X-Content-Type-Options: nosniff
        Incremental: ?1
        Transfer-Encoding: chunked

        5
        hello
        0

        """,
        ask(0).readUntil("0\r\n\r\n").replace("\r\n", "\n"));
    ends.await(COMPLETED);
    assertTrue(access.awaitLine().endsWith("FOLLOWED"), access.lines()::toString);
  }

  @Test
  void a_request_that_was_sent_ahead_is_answered_after_it() throws Exception {
    Handler following = following(RAW);
    serve((request, response) -> {
      if (request.target().equals("/next")) {
        response.write("next");
      } else {
        following.handle(request, response);
      }
    });
    RawClient client = send(GET + "GET /next HTTP/1.1\r\nHost: test\r\n\r\n" + GET);
    FollowedBody body = FollowedBody.read(client);
    append("live");
    assertEquals("live", body.readText(4));
    journal.close(Ending.PLAIN);
    assertEquals("", body.readToEnd());
    assertEquals("next", Reply.read(client).body());
    assertEquals("live", FollowedBody.read(client).readToEnd());
    ends.await(COMPLETED, COMPLETED);
  }

  @Test
  void a_request_body_that_nobody_reads_does_not_harm() throws Exception {
    append("x");
    serveFollowing(RAW);
    RawClient client =
        send(
            "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n" + "b".repeat(50_000));
    FollowedBody body = FollowedBody.read(client);
    assertEquals("x", body.readText(1));
    client.send("b".repeat(50_000) + GET);
    journal.close(Ending.PLAIN);
    assertEquals("", body.readToEnd());
    assertEquals("x", FollowedBody.read(client).readToEnd());
  }
}
