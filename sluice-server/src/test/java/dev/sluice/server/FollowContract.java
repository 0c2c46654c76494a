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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Responses that follow a journal: what a client gets, and when. */
abstract class FollowContract extends JournalContract {
  FollowContract(Transport transport) {
    super(transport);
  }

  @Test
  void every_byte_of_a_closed_journal_and_the_end() throws Exception {
    append("hello");
    journal.close(Ending.PLAIN);
    serveFollowing(RAW);
    var exchange = follow(0);
    assertEquals("application/x-raw", exchange.head().header("Content-Type"));
    assertEquals("no", exchange.head().header("X-Accel-Buffering"));
    expectEnd("hello", exchange);
    ends.await(COMPLETED);
  }

  @Test
  void a_journal_that_was_closed_empty_is_an_empty_body() throws Exception {
    journal.close(Ending.PLAIN);
    serveFollowing(RAW);
    expectEnd("", follow(0));
    ends.await(COMPLETED);
  }

  @Test
  void from_any_offset() throws Exception {
    append("0123456789");
    journal.close(Ending.PLAIN);
    serveFollowing(RAW);
    for (int from = 0; from <= 10; from++) {
      expectEnd("0123456789".substring(from), follow(from));
    }
  }

  @Test
  void from_an_offset_that_is_still_to_come() throws Exception {
    append("01234");
    serveFollowing(RAW);
    var exchange = follow(7);
    append("56");
    append("789");
    assertEquals("789", exchange.read(3));
    journal.close(Ending.PLAIN);
    expectEnd("", exchange);
  }

  @Test
  void live_each_append_before_the_next() throws Exception {
    serveFollowing(RAW);
    var exchange = follow(0);
    for (int i = 0; i < 200; i++) {
      append("line %3d\n".formatted(i));
      assertEquals("line %3d\n".formatted(i), exchange.read(9)); // or the next does not come
    }
    assertTrue(ends.soFar().isEmpty());
    journal.close(Ending.PLAIN);
    expectEnd("", exchange);
    ends.await(COMPLETED);
  }

  @Test
  void late_comers_get_all_of_it_too() throws Exception {
    serveFollowing(LINES);
    var early = follow(0).body();
    append("first ");
    new Lines(early, 0).readTo(6);
    Lines middle = new Lines(follow(0).body(), 0);
    append("second");
    middle.readTo(12);
    assertEquals("first second", new String(middle.data(), UTF_8));
    journal.close(new Ending(0, null));
    assertEquals(6, new Lines(early, 6).readToEnd().data().length);
    assertEquals(12, new Lines(follow(0).body(), 0).readToEnd().data().length);
    assertEquals(6, new Lines(follow(6).body(), 6).readToEnd().data().length);
    middle.readToEnd();
  }

  @Test
  void an_opening_an_end_and_trailers() throws Exception {
    append("x");
    journal.close(new Ending(143, "TERM"));
    serveFollowing(LINES);
    var exchange = follow(0);
    assertEquals("X-Status", exchange.head().header("Trailer"));
    var body = exchange.end();
    assertEquals("open 0 0\nstdout 1 1\nx\nend 1 0\n", body.text());
    assertEquals("143", body.trailers().get("X-Status"));
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
    var exchange = follow(0);
    assertEquals("application/x-mine", exchange.head().header("Content-Type"));
    expectEnd("written before open 0 0\nstdout 7 7\njournal\nend 7 0\n", exchange);
  }

  @Test
  void the_connection_is_used_again() throws Exception {
    append("again");
    journal.close(Ending.PLAIN);
    serveFollowing(LINES);
    var client = connect();
    for (int i = 0; i < 300; i++) {
      assertEquals(5, new Lines(follow(client, 0).body(), 0).readToEnd().data().length);
    }
  }

  @Test
  void a_request_body_that_nobody_reads_does_not_harm() throws Exception {
    append("x");
    serveFollowing(RAW);
    var client = connect();
    var exchange = client.send(ContractRequest.upload("/"));
    exchange.send("b".repeat(30_000));
    assertEquals("x", exchange.read(1));
    exchange.send("b".repeat(30_000));
    exchange.endBody();
    journal.close(Ending.PLAIN);
    expectEnd("", exchange);
    expectEnd("x", follow(client, 0));
  }

  @Test
  void it_costs_no_thread() throws Exception {
    serveFollowing(RAW);
    List<ContractExchange> exchanges = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      exchanges.add(follow(0));
    }
    server.awaitHandlers();
    assertEquals(0, server.handlersRunning());
    assertEquals(50, ends.open());
    append("live");
    for (ContractExchange exchange : exchanges) {
      assertEquals("live", exchange.read(4));
    }
    journal.close(Ending.PLAIN);
    for (ContractExchange exchange : exchanges) {
      expectEnd("", exchange);
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
    var exchange = follow(0);
    checked.pass();
    append("live");
    journal.close(Ending.PLAIN);
    expectEnd("live", exchange);
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
    var exchange = follow(0);
    server.expectLogged("after the follow");
    append("live");
    journal.close(Ending.PLAIN);
    expectEnd("live", exchange);
  }

  @Test
  void HEAD_has_the_head_alone_and_does_not_wait() throws Exception {
    append("some");
    serveFollowing(LINES);
    var client = connect();
    for (int i = 0; i < 3; i++) {
      var exchange = client.send(ContractRequest.of("HEAD", "/"));
      assertEquals("application/x-lines", exchange.head().header("Content-Type"));
      expectEnd("", exchange);
    }
    ends.await(COMPLETED, COMPLETED, COMPLETED);
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
    Handler gzipped = Filters.gzip(refused);
    Handler buffered = Filters.buffered(refused, 100);
    serve((request, response) ->
        (request.path().equals("/gzip") ? gzipped : buffered).handle(request, response));
    var client = connect();
    assertEquals("refused", client.get("/").end().text());
    var exchange = client.send(ContractRequest.get("/gzip").withHeader("Accept-Encoding", "gzip"));
    assertEquals("gzip", exchange.head().header("Content-Encoding"));
    assertTrue(exchange.end().complete());
  }
}
