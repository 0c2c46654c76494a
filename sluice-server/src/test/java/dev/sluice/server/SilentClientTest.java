package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients of HTTP/2 that begin something and leave it, and those that say goodbye. */
@Tag("external")
final class SilentClientTest extends AttackFixture {
  /** Longer than those may pause that do what they should. */
  private static final Duration SHORT = Duration.ofSeconds(2);

  private static final HeaderBlock GET = HeaderBlock.get("/");

  private void serveShortly() throws IOException {
    UnaryOperator<Timeouts> timeouts =
        all -> all.withHead(SHORT).withIdle(SHORT).withWrite(SHORT).withBody(SHORT);
    serve(
        options -> options.withTimeouts(timeouts.apply(options.timeouts())),
        (request, response) -> response.write(request.body().readAllBytes()));
  }

  /** Whatever it says before. */
  private static void assertHangsUp(Http2Frames client) throws IOException {
    client.socket().getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private Http2Frames connect() throws IOException {
    return server.closeAfter(Http2Frames.connect(SocketFactory.getDefault(), server.address(), 0));
  }

  /** In the preface, without settings, in a frame, and between the frames of a head. */
  @Test
  void those_that_stop_within_something_are_cut_off() throws Exception {
    serveShortly();
    List<Http2Frames> clients =
        List.of(
            connect().write("PRI * HTTP/2.0\r\n\r\nSM".getBytes(US_ASCII)),
            connect().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII)),
            connect().begin().write(new byte[] {0, 0, 100, Http2Frame.HEADERS}),
            connect()
                .begin()
                .write(new Http2Frame(Http2Frame.HEADERS, END_STREAM, 1, GET.bytes())));
    for (Http2Frames client : clients) {
      assertHangsUp(client);
    }
    assertEquals(0, started());
  }

  @Test
  void one_that_asks_for_nothing_is_sent_away() throws Exception {
    serveShortly();
    Attacker client = attack();
    client.awaitEnd();
    assertEquals(Http2Frame.NO_ERROR, client.goAwayError());
  }

  @Test
  void one_whose_requests_are_answered_is_sent_away_after_a_while() throws Exception {
    serveShortly();
    Attacker client = attack();
    client.send(Http2Frame.headers(1, END_STREAM, GET));
    client.awaitEnd();
    assertEquals(1, client.received(Http2Frame.HEADERS));
    assertEquals(Http2Frame.NO_ERROR, client.goAwayError());
  }

  @Test
  void one_that_does_not_finish_a_body_is_told_408() throws Exception {
    serveShortly();
    Attacker client = attack();
    client.send(Http2Frame.headers(1, 0, HeaderBlock.request("POST", "http", "/")));
    Await.until("it is answered", () -> client.received(Http2Frame.HEADERS) > 0);
    server.awaitHandlers();
    assertEquals(1, started());
  }

  @Test
  void one_that_never_reads_the_answers_to_its_pings_is_cut_off() throws Exception {
    serveShortly();
    Attacker client =
        attackDeaf().flood(1_000_000, i -> new Http2Frame[] {Http2Frame.ping(i)}).awaitFlooded();
    assertTrue(client.written() < 1_000_000, "all was taken");
    Await.until("it is cut off", () -> !client.isFlooding());
    assertOthersAreServed();
  }

  @Test
  void one_that_says_goodbye_gets_what_it_has_asked_for() throws Exception {
    var gate = new Gate();
    serve((request, response) -> {
      response.flush();
      gate.pass();
      response.write("the rest");
    });
    Attacker client = attack();
    client.send(Http2Frame.headers(1, END_STREAM, GET), Http2Frame.goAway(0, Http2Frame.NO_ERROR));
    Await.until("it has begun", () -> client.received(Http2Frame.HEADERS) == 1);
    gate.open();
    Await.until("it has ended", () -> client.received(Http2Frame.DATA) > 0);
    server.awaitHandlers();
    assertEquals(-1, client.resetError());
  }
}
