package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_HEADERS;
import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Frames that are cheap to send, and many of them. */
final class FrameFloodTest extends AttackFixture {
  private static final int TIMES = 10_000;
  private static final int KEPT_MEBIBYTES_MAX = 4;

  /** What is sent, and whether it must be the end of the connection. */
  enum Flood {
    SETTINGS(false),
    EMPTY_SETTINGS(false),
    PING(false),
    PING_ACK(false),
    WINDOW_UPDATE(false),
    PRIORITY(false),
    UNKNOWN(false),
    EMPTY_HEADERS(true),
    EMPTY_DATA(true),
    PADDING(true),
    EMPTY_CONTINUATION(true),
    CONTINUATION(true);

    private final boolean fatal;

    Flood(boolean fatal) {
      this.fatal = fatal;
    }

    /** What is sent first. */
    Http2Frame begin() {
      return switch (this) {
        case EMPTY_DATA, PADDING ->
            Http2Frame.headers(1, 0, HeaderBlock.request("POST", "http", "/"));
        case EMPTY_CONTINUATION, CONTINUATION ->
            new Http2Frame(Http2Frame.HEADERS, END_STREAM, 1, HeaderBlock.get("/").bytes());
        default -> Http2Frame.settings();
      };
    }

    /** What is sent over and over, with the number of the time. */
    Http2Frame[] frames(int number) {
      int stream = 2 * number + 1;
      Http2Frame frame =
          switch (this) {
            case SETTINGS -> Http2Frame.settings(Http2Frame.INITIAL_WINDOW_SIZE, 1000 + number);
            case EMPTY_SETTINGS -> Http2Frame.settings();
            case PING -> Http2Frame.ping(number);
            case PING_ACK -> Http2Frame.ping(number).acknowledgement();
            case WINDOW_UPDATE -> Http2Frame.windowUpdate(0, 1);
            case PRIORITY -> new Http2Frame(Http2Frame.PRIORITY, 0, stream + 2, DEPENDENCY);
            case UNKNOWN -> new Http2Frame(0x55, 0, stream, DEPENDENCY);
            case EMPTY_HEADERS ->
                new Http2Frame(Http2Frame.HEADERS, END_HEADERS, stream, new byte[0]);
            case EMPTY_DATA -> Http2Frame.data(1, 0);
            case PADDING -> new Http2Frame(Http2Frame.DATA, Http2Frame.PADDED, 1, PADDING_OF_255);
            case EMPTY_CONTINUATION -> new Http2Frame(Http2Frame.CONTINUATION, 0, 1, new byte[0]);
            case CONTINUATION -> new Http2Frame(Http2Frame.CONTINUATION, 0, 1, FIELDS);
          };
      return new Http2Frame[] {frame};
    }
  }

  private static final byte[] DEPENDENCY = {0, 0, 0, 1, 15};
  private static final byte[] PADDING_OF_255 = padding();
  private static final byte[] FIELDS =
      new HeaderBlock().field("x-large", "x".repeat(16_000)).bytes();

  private static byte[] padding() {
    byte[] payload = new byte[256];
    payload[0] = (byte) 255;
    return payload;
  }

  @ParameterizedTest
  @EnumSource(
      names = {"EMPTY_HEADERS", "EMPTY_DATA", "PADDING", "EMPTY_CONTINUATION", "CONTINUATION"})
  void frames_that_nobody_needs_are_soon_too_many(Flood flood) throws Exception {
    assertHarmless(flood);
  }

  /** They are allowed, and each costs the server no more than the client. */
  @Tag("external")
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EMPTY_HEADERS", "EMPTY_DATA", "PADDING", "EMPTY_CONTINUATION", "CONTINUATION"})
  void many_frames_keep_no_memory_and_nobody_waiting(Flood flood) throws Exception {
    assertHarmless(flood);
  }

  private void assertHarmless(Flood flood) throws Exception {
    serve((request, response) -> request.body().readAllBytes());
    Attacker attacker = attack().send(flood.begin()).flood(TIMES, flood::frames);
    assertOthersAreServed();
    attacker.awaitFlooded();
    if (flood.fatal) {
      attacker.awaitEnd();
    } else {
      attacker.awaitSeen();
    }
    assertBounded("flood of " + flood, attacker, KEPT_MEBIBYTES_MAX);
    assertTrue(started() <= 1, started() + " handlers");
  }

  /** Answers to what nobody reads must not pile up. */
  @Tag("external")
  @ParameterizedTest
  @EnumSource(names = {"SETTINGS", "PING"})
  void nor_do_their_answers_to_a_client_that_never_reads(Flood flood) throws Exception {
    serve((request, response) -> request.body().readAllBytes());
    Attacker attacker = attackDeaf().flood(300 * TIMES, flood::frames);
    attacker.awaitFlooded();
    assertBounded("deaf flood of " + flood, attacker, KEPT_MEBIBYTES_MAX);
  }

  @Test
  void requests_whose_answers_nobody_reads_wait() throws Exception {
    byte[] body = new byte[100_000];
    serve((request, response) -> response.write(body));
    Attacker attacker = attackDeaf(Http2Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
    attacker.send(Http2Frame.windowUpdate(0, Integer.MAX_VALUE - Http2Frame.WINDOW_BYTES));
    HeaderBlock get = HeaderBlock.get("/");
    attacker.flood(5_000, i -> new Http2Frame[] {Http2Frame.headers(2 * i + 1, END_STREAM, get)});
    attacker.awaitFlooded();
    assertBounded("5,000 requests, no reader", attacker, 16);
    attacker.close();
    // The server still reads what was sent before, and begins to answer that.
    Await.until("all have ended", () -> server.handlersRunning() == 0);
  }
}
