package dev.sluice.server;

import static dev.sluice.server.RawFollow.RAW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.Handler;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Encodings and listeners that fail harm their own viewer, and no other. */
final class FollowFailureTest extends FollowFixture {

  /** Fails for what lies behind a position. */
  private record Failing(long until) implements Encoding {
    @Override
    public String type() {
      return "application/x-failing";
    }

    @Override
    public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
      if (to > until) {
        throw new IllegalStateException("an encoding that fails");
      }
      return RAW.encode(journal, from, to, last, frame);
    }
  }

  private void serveBoth(Handler bad) throws Exception {
    Handler good = following(RAW);
    serve(
        options -> options.withLoops(1),
        (request, response) ->
            (request.target().equals("/bad") ? bad : good).handle(request, response));
  }

  private RawClient askBad() throws Exception {
    return send("GET /bad HTTP/1.1\r\nHost: test\r\n\r\n");
  }

  @Test
  void an_encoding_that_throws_cuts_its_viewer_alone() throws Exception {
    Handler bad =
        (request, response) -> response.follow(journal, Offset.ZERO, new Failing(4), ends.next());
    serveBoth(bad);
    FollowedBody before = follow(0);
    RawClient cut = askBad();
    FollowedBody body = FollowedBody.read(cut);
    FollowedBody after = follow(0);
    ends.awaitOpen(3);
    append("good");
    assertEquals("good", body.readText(4));
    append("evil");
    assertEquals("goodevil", before.readText(8));
    assertEquals("goodevil", after.readText(8));
    server.expectLogged("an encoding that fails");
    assertFalse(cut.readToEnd().endsWith("0\r\n\r\n"), "a cut is no end");
    Await.until("it has ended", () -> ends.soFar().size() == 1);
    assertTrue(ends.soFar().getFirst() != CloseReason.COMPLETED, ends.soFar()::toString);
    journal.close(Ending.PLAIN);
    assertEquals("", before.readToEnd());
    assertEquals("", after.readToEnd());
  }

  @Test
  void a_listener_that_throws_changes_nothing() throws Exception {
    Handler bad =
        (request, response) -> {
          var told = ends.next();
          response.follow(
              journal,
              Offset.ZERO,
              RAW,
              reason -> {
                told.accept(reason);
                throw new IllegalStateException("a listener that fails");
              });
        };
    serveBoth(bad);
    FollowedBody before = follow(0);
    RawClient client = askBad();
    FollowedBody body = FollowedBody.read(client);
    FollowedBody after = follow(0);
    ends.awaitOpen(3);
    append("all");
    journal.close(Ending.PLAIN);
    for (FollowedBody one : List.of(before, body, after)) {
      assertEquals("all", one.readToEnd());
    }
    server.expectLogged("a listener that fails");
    assertEquals("all", FollowedBody.read(client.send(GET)).readToEnd());
  }

  @Test
  void nor_does_one_of_a_client_that_has_gone() throws Exception {
    Handler bad =
        (request, response) -> {
          var told = ends.next();
          response.follow(
              journal,
              Offset.ZERO,
              RAW,
              reason -> {
                told.accept(reason);
                throw new IllegalStateException("a listener that fails");
              });
        };
    serveBoth(bad);
    RawClient client = askBad();
    FollowedBody.read(client);
    client.close();
    ends.await(CloseReason.CLIENT_GONE);
    server.expectLogged("a listener that fails");
    awaitNoConnections();
  }
}
