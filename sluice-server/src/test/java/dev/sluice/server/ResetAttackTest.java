package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams that are opened to be reset at once, by the client or by what makes the server do it. */
final class ResetAttackTest extends AttackFixture {
  private static final int STREAMS = 20_000;

  /** As many as a client may reset in half a minute, and those that were under way meanwhile. */
  private static final int STARTED_MAX = 2_000;

  private static final HeaderBlock GET = HeaderBlock.get("/");

  /** Waits for ever, unless it is interrupted. */
  private static final Handler WAITING = (request, response) -> new CountDownLatch(1).await();

  private static Http2Frame request(int number, int flags) {
    return Http2Frame.headers(stream(number), flags, GET);
  }

  private static int stream(int number) {
    return 2 * number + 1;
  }

  /** CVE-2023-44487. */
  @Test
  void a_rapid_reset_is_ended() throws Exception {
    serve(WAITING);
    Attacker attacker =
        attack()
            .flood(
                STREAMS,
                i ->
                    new Http2Frame[] {
                      request(i, END_STREAM), Http2Frame.reset(stream(i), Http2Frame.CANCEL)
                    });
    assertOthersAreServed();
    attacker.awaitEnd();
    server.awaitHandlers();
    assertBounded("rapid reset", attacker, 4);
    assertEquals(Http2Frame.ENHANCE_YOUR_CALM, attacker.goAwayError());
    assertTrue(started() < STARTED_MAX, started() + " handlers");
  }

  /** What makes a server reset a stream that was in order when it was opened: CVE-2025-8671. */
  enum Provocation {
    WINDOW_UPDATE_OF_0,
    WINDOW_OVERFLOW,
    DATA_AFTER_THE_END,
    HEADERS_AFTER_THE_END,
    DATA_BEYOND_THE_LENGTH,
    PRIORITY_ON_ITSELF;

    Http2Frame[] frames(int number) {
      int stream = stream(number);
      return switch (this) {
        case WINDOW_UPDATE_OF_0 ->
            new Http2Frame[] {request(number, END_STREAM), Http2Frame.windowUpdate(stream, 0)};
        case WINDOW_OVERFLOW ->
            new Http2Frame[] {
              request(number, END_STREAM), Http2Frame.windowUpdate(stream, Integer.MAX_VALUE)
            };
        case DATA_AFTER_THE_END ->
            new Http2Frame[] {request(number, END_STREAM), Http2Frame.data(stream, 0, (byte) 'x')};
        case HEADERS_AFTER_THE_END ->
            new Http2Frame[] {request(number, END_STREAM), request(number, END_STREAM)};
        case DATA_BEYOND_THE_LENGTH -> {
          HeaderBlock post = HeaderBlock.request("POST", "http", "/").field("content-length", "1");
          yield new Http2Frame[] {
            Http2Frame.headers(stream, 0, post), Http2Frame.data(stream, 0, (byte) 'x', (byte) 'y')
          };
        }
        case PRIORITY_ON_ITSELF ->
            new Http2Frame[] {
              request(number, END_STREAM),
              new Http2Frame(
                  Http2Frame.PRIORITY,
                  0,
                  stream,
                  new byte[] {0, 0, (byte) (stream >>> 8), (byte) stream, 0})
            };
      };
    }
  }

  @Tag("external")
  @ParameterizedTest
  @EnumSource
  void a_server_that_is_made_to_reset_ends_it(Provocation how) throws Exception {
    serve(WAITING);
    Attacker attacker = attack().flood(STREAMS, how::frames);
    assertOthersAreServed();
    attacker.awaitEnd();
    server.awaitHandlers();
    assertBounded("made to reset, " + how, attacker, 4);
    assertTrue(started() < STARTED_MAX, started() + " handlers");
  }

  @Test
  void streams_beyond_the_limit_are_refused_and_start_no_handler() throws Exception {
    serve(WAITING);
    Attacker attacker = attack();
    attacker.flood(150, i -> new Http2Frame[] {request(i, END_STREAM)}).awaitFlooded().awaitSeen();
    int most = TestServer.options().limits().streamsMax();
    assertBounded("150 streams", attacker, 8);
    assertEquals(Math.max(0, 150 - most), attacker.received(Http2Frame.RST_STREAM));
    assertTrue(started() <= most, started() + " handlers");
    attacker.close();
    server.awaitHandlers();
  }

  /** The server's half is closed, the client's stays open. */
  @Tag("external")
  @Test
  void uploads_that_are_answered_and_never_end_are_ended() throws Exception {
    serve((request, response) -> response.write("enough"));
    HeaderBlock post = HeaderBlock.request("POST", "http", "/");
    Attacker attacker =
        attack().flood(STREAMS, i -> new Http2Frame[] {Http2Frame.headers(stream(i), 0, post)});
    attacker.awaitFlooded();
    assertBounded("uploads without end", attacker, 16);
    attacker.awaitEnd();
    server.awaitHandlers();
  }
}
