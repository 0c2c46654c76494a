package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams that wait for the window of their connection: each has its turn, and no turn is lost. */
@ExtendWith(NettyLeaks.class)
final class Http2TurnsTest {
  private static final int STREAMS = 4;
  private static final int GRANTS = 64;

  /** As clients do that give a window back when half of it is used. */
  private static final int GRANTED_BYTES = 32 * 1024;

  @RegisterExtension final TestServer server = new TestServer();

  private final Journal journal = new Journal("turns", 64 << 20);
  private final Handler following =
      (request, response) -> response.follow(journal, new Offset(0), RawFollow.RAW, reason -> {});

  private HeldConnection connect(Handler handler, int window) throws Exception {
    HeldConnection held = server.closeAfter(HeldConnection.to(server.start(handler)));
    held.client().begin(Http2Frame.INITIAL_WINDOW_SIZE, window);
    return held;
  }

  /** Receives so many bytes of bodies; counts them by stream. */
  private static Map<Integer, Integer> receive(Http2Frames frames, int bytes) throws IOException {
    Map<Integer, Integer> received = new TreeMap<>();
    for (int left = bytes; left > 0; ) {
      Http2Frame frame = frames.readUntil(Http2Frame.DATA);
      received.merge(frame.stream(), frame.payload().length, Integer::sum);
      left -= frame.payload().length;
    }
    return received;
  }

  /** All want more than they get; the connection's window is opened time after time. */
  private Map<Integer, Integer> share(Handler handler) throws Exception {
    Http2Frames frames = connect(handler, 16 << 20).client();
    for (int i = 0; i < STREAMS; i++) {
      frames.write(Http2Frame.headers(2 * i + 1, END_STREAM, HeaderBlock.get("/")));
      frames.readUntil(Http2Frame.HEADERS);
      if (i == 0) {
        receive(frames, Http2Frame.WINDOW_BYTES);
      }
    }
    Map<Integer, Integer> received = new TreeMap<>();
    for (int i = 0; i < GRANTS; i++) {
      frames.write(Http2Frame.windowUpdate(0, GRANTED_BYTES));
      receive(frames, GRANTED_BYTES)
          .forEach((stream, bytes) -> received.merge(stream, bytes, Integer::sum));
    }
    return received;
  }

  private static void assertFair(Map<Integer, Integer> received) {
    assertEquals(STREAMS, received.size(), received::toString);
    int fair = GRANTS * GRANTED_BYTES / STREAMS;
    received.forEach((stream, bytes) -> assertTrue(bytes > fair / 2, received::toString));
  }

  @Test
  void viewers_that_catch_up_share_the_window_of_their_connection() throws Exception {
    byte[] noise = FollowFixture.noise(8 << 20, 1);
    FollowFixture.append(journal, noise, 0, noise.length);
    assertFair(share(following));
  }

  /**
   * Three wait for the connection: the first can send a little, the second is woken by its own
   * window, too, and is done. What the client grants then is for the third.
   */
  @Test
  void a_turn_is_not_lost_to_who_waits_no_more() throws Exception {
    FollowFixture.append(journal, new byte[1000], 0, 1000);
    HeldConnection held =
        connect(
            (request, response) -> {
              if (request.path().equals("/all")) {
                response.write(new byte[Http2Frame.WINDOW_BYTES]);
              } else {
                following.handle(request, response);
              }
            },
            100);
    Http2Frames frames = held.client();
    frames.write(
        Http2Frame.headers(1, END_STREAM, HeaderBlock.get("/all")),
        Http2Frame.windowUpdate(1, Http2Frame.WINDOW_BYTES - 100));
    receive(frames, Http2Frame.WINDOW_BYTES);
    for (int stream = 3; stream <= 7; stream += 2) {
      frames.write(Http2Frame.headers(stream, END_STREAM, HeaderBlock.get("/")));
      frames.readUntil(Http2Frame.HEADERS);
      server.awaitHandlers();
      held.awaitLoop();
    }
    frames.write(Http2Frame.windowUpdate(7, 5000), Http2Frame.ping(1));
    frames.readUntil(Http2Frame.PING);
    frames.write(Http2Frame.windowUpdate(0, 1100), Http2Frame.windowUpdate(5, 2000));
    assertEquals(Map.of(3, 100, 5, 1000), receive(frames, 1100));
    frames.write(Http2Frame.windowUpdate(0, 1000));
    assertEquals(Map.of(7, 1000), receive(frames, 1000));
  }
}
