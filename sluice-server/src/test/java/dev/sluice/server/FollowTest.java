package dev.sluice.server;

import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.server.LineFollow.LINES;
import static dev.sluice.server.RawFollow.RAW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Feature;
import dev.sluice.Filters;
import dev.sluice.Handler;
import dev.sluice.Headers;
import dev.sluice.Response;
import dev.sluice.UnsupportedFeatureException;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Responses that follow a journal: what a client gets, and when. */
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
  void a_journal_that_was_closed_empty_is_an_empty_body() throws Exception {
    journal.close(Ending.PLAIN);
    serveFollowing(RAW);
    assertEquals("", follow(0).readToEnd());
    ends.await(COMPLETED);
  }

  @Test
  void from_any_offset() throws Exception {
    append("0123456789");
    journal.close(Ending.PLAIN);
    serveFollowing(RAW);
    for (int from = 0; from <= 10; from++) {
      assertEquals("0123456789".substring(from), follow(from).readToEnd());
    }
  }

  @Test
  void from_an_offset_that_is_still_to_come() throws Exception {
    append("01234");
    serveFollowing(RAW);
    FollowedBody body = follow(7);
    append("56");
    append("789");
    assertEquals("789", body.readText(3));
    journal.close(Ending.PLAIN);
    assertEquals("", body.readToEnd());
  }

  @Test
  void live_each_append_before_the_next() throws Exception {
    serveFollowing(RAW);
    FollowedBody body = follow(0);
    for (int i = 0; i < 200; i++) {
      append("line %3d\n".formatted(i));
      assertEquals("line %3d\n".formatted(i), body.readText(9)); // or the next does not come
    }
    assertTrue(ends.soFar().isEmpty());
    journal.close(Ending.PLAIN);
    assertEquals("", body.readToEnd());
    ends.await(COMPLETED);
  }

  @Test
  void late_comers_get_all_of_it_too() throws Exception {
    serveFollowing(LINES);
    FollowedBody early = follow(0);
    append("first ");
    new Lines(early, 0).readTo(6);
    FollowedBody middle = follow(0);
    append("second");
    Lines lines = new Lines(middle, 0).readTo(12);
    assertEquals("first second", new String(lines.data(), UTF_8));
    journal.close(new Ending(0, null));
    assertEquals(6, new Lines(early, 6).readToEnd().data().length);
    assertEquals(12, new Lines(follow(0), 0).readToEnd().data().length);
    assertEquals(6, new Lines(follow(6), 6).readToEnd().data().length);
    lines.readToEnd();
  }

  @Test
  void an_opening_an_end_and_trailers() throws Exception {
    append("x");
    journal.close(new Ending(143, "TERM"));
    serveFollowing(LINES);
    FollowedBody body = follow(0);
    assertTrue(body.head().contains("\r\nTrailer: X-Status\r\n"), body.head());
    assertEquals("open 0 0\nstdout 1 1\nx\nend 1 0\n", body.readToEnd());
    assertEquals("X-Status: 143\r\n", body.trailers());
  }

  @Test
  void what_the_handler_wrote_before_goes_first() throws Exception {
    append("journal");
    journal.close(Ending.PLAIN);
    serve((request, response) -> {
      response.type("application/x-mine").write("written ");
      response.flush();
      response.write("before ");
      following(LINES).handle(request, response);
    });
    FollowedBody body = follow(0);
    assertTrue(body.head().contains("\r\nContent-Type: application/x-mine\r\n"), body.head());
    assertEquals("written before open 0 0\nstdout 7 7\njournal\nend 7 0\n", body.readToEnd());
  }

  @Test
  void the_connection_is_used_again() throws Exception {
    append("again");
    journal.close(Ending.PLAIN);
    serveFollowing(LINES);
    RawClient client = connect();
    for (int i = 0; i < 300; i++) {
      client.send(GET);
      assertEquals(5, new Lines(FollowedBody.read(client), 0).readToEnd().data().length);
    }
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

  @Test
  void it_costs_no_thread() throws Exception {
    serveFollowing(RAW);
    List<FollowedBody> bodies = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      bodies.add(follow(0));
    }
    server.awaitHandlers();
    assertEquals(0, server.handlersRunning());
    assertEquals(50, ends.open());
    append("live");
    for (FollowedBody body : bodies) {
      assertEquals("live", body.readText(4));
    }
    journal.close(Ending.PLAIN);
    for (FollowedBody body : bodies) {
      assertEquals("", body.readToEnd());
    }
  }

  @Test
  void calls_after_it_throw_and_leave_it_alone() throws Exception {
    Handler following = following(RAW);
    var checked = new Gate();
    serve((request, response) -> {
      following.handle(request, response);
      for (Executable call : calls(response)) {
        assertThrows(IllegalStateException.class, call);
      }
      assertEquals(200, response.status());
      assertTrue(response.committed());
      checked.open();
    });
    FollowedBody body = follow(0);
    checked.pass();
    append("live");
    journal.close(Ending.PLAIN);
    assertEquals("live", body.readToEnd());
  }

  private List<Executable> calls(Response response) {
    return List.of(
        () -> response.write("late"),
        response::flush,
        response::sync,
        () -> response.status(200),
        () -> response.header("Late", "yes"),
        () -> response.reset(),
        () -> response.inform(103, new Headers()),
        () -> response.declareTrailers("Late"),
        () -> response.abort("late"),
        () -> response.hijack(),
        () -> response.defer(succeeded -> {}),
        () -> response.follow(journal, Offset.ZERO, RAW, reason -> {}));
  }

  @Test
  void a_handler_that_fails_after_it_is_logged_and_leaves_it_alone() throws Exception {
    Handler following = following(RAW);
    serve((request, response) -> {
      following.handle(request, response);
      throw new IllegalArgumentException("after the follow");
    });
    FollowedBody body = follow(0);
    server.expectLogged("after the follow");
    append("live");
    journal.close(Ending.PLAIN);
    assertEquals("live", body.readToEnd());
  }

  @Test
  void a_wrapper_that_must_see_the_bytes_refuses() throws Exception {
    Handler refused =
        (request, response) -> {
          var e =
              assertThrows(
                  UnsupportedFeatureException.class,
                  () -> response.follow(journal, Offset.ZERO, RAW, reason -> {}));
          assertEquals(Feature.FOLLOW, e.feature());
          response.write("refused");
        };
    serve(Filters.buffered(refused, 100));
    assertEquals("refused", Reply.read(send(GET)).body());
    serve(Filters.gzip(refused));
    RawClient client = send("GET / HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n");
    assertEquals("gzip", Reply.read(client).headers().get("Content-Encoding"));
  }
}
