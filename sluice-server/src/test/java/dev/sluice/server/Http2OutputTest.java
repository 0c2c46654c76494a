package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.StreamClosedException;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What streams of one connection have of each other while one of them is being written. */
@ExtendWith(NettyLeaks.class)
final class Http2OutputTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LARGE_BYTES = 10 * H2Output.PAYLOAD_BYTES_MAX;
  private static final int WINDOW_BYTES = 1 << 24;

  /** Two frames, and all that a connection puts into one write. */
  private static final int WRITE_BYTES = 2 * H2Output.PAYLOAD_BYTES_MAX;

  @RegisterExtension final TestServer server = new TestServer();

  private final Map<String, Thread> handlers = new ConcurrentHashMap<>();
  private final Map<String, Request> requests = new ConcurrentHashMap<>();
  private final Map<String, Gate> gates = new ConcurrentHashMap<>();
  private HeldConnection held;
  private HeldOutlet outlet;
  private Http2Frames frames;

  private Gate gate(String path) {
    return gates.computeIfAbsent(path, missing -> new Gate());
  }

  /** Writes what the path says, once its gate is open. */
  private final Handler handler =
      (request, response) -> {
        String path = request.path();
        gate(path).pass();
        requests.put(path, request);
        handlers.put(path, Thread.currentThread());
        try {
          response.write(
              path.startsWith("/large")
                  ? new byte[LARGE_BYTES]
                  : path.getBytes(StandardCharsets.US_ASCII));
          response.flush();
          if (path.startsWith("/sync")) {
            response.sync();
          }
        } catch (StreamClosedException e) {
          assertTrue(request.cancelled().isSet());
        }
      };

  private void connect(Handler some) throws Exception {
    held = server.closeAfter(HeldConnection.to(server.start(some)));
    outlet = held.outlet();
    frames = held.client();
    frames.begin(Http2Frame.INITIAL_WINDOW_SIZE, WINDOW_BYTES);
    frames.write(Http2Frame.windowUpdate(0, WINDOW_BYTES));
    assertAnswers(1);
  }

  private void assertAnswers(int ping) throws IOException {
    frames.write(Http2Frame.ping(ping));
    assertEquals(ping, frames.readUntil(Http2Frame.PING).int32At(4));
  }

  /** Begins a request, whose handler waits at its gate. */
  private void ask(int stream, String path) throws IOException {
    frames.write(Http2Frame.headers(stream, END_STREAM, HeaderBlock.get(path)));
  }

  /** Begins a request, and lets its handler go on. */
  private void start(int stream, String path) throws IOException {
    gate(path).open();
    ask(stream, path);
  }

  /** Waits until a handler waits for room. */
  private void awaitStalled(String path) throws InterruptedException {
    Await.until(path + " is handled", () -> handlers.containsKey(path));
    Stall.await(handlers.get(path));
  }

  private void awaitReturned(String path) throws InterruptedException {
    Await.until(path + " is handled", () -> handlers.containsKey(path));
    assertTrue(handlers.get(path).join(PATIENCE), path);
  }

  /** What comes until a PING is answered, with the length of the DATA of a stream. */
  private List<String> readUntilPing() throws IOException {
    List<String> read = new ArrayList<>();
    for (Http2Frame frame = frames.read(); ; frame = frames.read()) {
      switch (frame.type()) {
        case Http2Frame.PING -> {
          return read;
        }
        case Http2Frame.HEADERS -> read.add("HEADERS " + frame.stream());
        case Http2Frame.DATA ->
            read.add("DATA %d %d".formatted(frame.stream(), frame.payload().length));
        case Http2Frame.RST_STREAM -> read.add("RST_STREAM " + frame.stream());
        default -> read.add(frame.toString());
      }
    }
  }

  @Test
  void flushes_of_others_go_behind_the_one_that_is_written_with_one_write() throws Exception {
    connect(handler);
    outlet.hold();
    start(1, "/1");
    outlet.awaitHeld();
    int before = outlet.writes();
    for (int stream = 3; stream <= 7; stream += 2) {
      String path = "/" + stream;
      start(stream, path);
      awaitReturned(path); // it has left its frames to the first
    }
    held.awaitLoop();
    outlet.letAllGo();
    frames.write(Http2Frame.ping(2));
    List<String> expected = new ArrayList<>();
    for (int stream = 1; stream <= 7; stream += 2) {
      expected.add("HEADERS " + stream);
      expected.add("DATA %d 2".formatted(stream));
    }
    List<String> read = readUntilPing();
    read.removeIf(frame -> frame.endsWith(" 0")); // their ends
    assertEquals(expected, read);
    assertTrue(outlet.writes() - before <= 3, "writes: " + (outlet.writes() - before));
  }

  /** The error is the client's; the handler is in the middle of its frames. */
  @Test
  void a_stream_that_is_reset_sends_nothing_behind_that() throws Exception {
    connect(handler);
    outlet.hold();
    start(1, "/large");
    outlet.awaitHeld();
    frames.write(Http2Frame.windowUpdate(1, Integer.MAX_VALUE), Http2Frame.ping(2));
    Await.until("the stream is reset", () -> requests.get("/large").cancelled().isSet());
    held.awaitLoop();
    outlet.letAllGo();
    List<String> read = readUntilPing();
    assertEquals("HEADERS 1", read.getFirst());
    assertEquals("RST_STREAM 1", read.getLast());
    assertFalse(read.subList(0, read.size() - 1).contains("RST_STREAM 1"));
    server.awaitHandlers();
    frames.write(Http2Frame.ping(3));
    assertEquals(List.of(), readUntilPing());
  }

  /** It found no room; who has had room since has come later. */
  @Test
  void an_answer_of_the_codec_comes_before_what_is_put_in_later() throws Exception {
    connect(handler);
    ask(1, "/later");
    outlet.hold();
    start(3, "/3");
    outlet.awaitHeld();
    start(5, "/large");
    awaitStalled("/large");
    frames.write(Http2Frame.ping(2));
    awaitStalledControls();
    outlet.letGo();
    outlet.awaitHeld(); // what the large one has put in, and there is room behind it
    gate("/later").open();
    awaitStalled("/later");
    outlet.letAllGo();
    assertFalse(readUntilPing().stream().anyMatch(frame -> frame.endsWith("HEADERS 1")));
    server.awaitHandlers();
  }

  /** Waits until the loop has read all that was sent, without an answer. */
  private void awaitStalledControls() throws Exception {
    start(7, "/seen");
    awaitStalled("/seen");
    held.awaitLoop();
  }

  @Test
  void a_full_socket_keeps_everyone_out_and_lets_them_go_on() throws Exception {
    connect(handler);
    outlet.allow(3);
    start(1, "/1");
    Await.until("the socket is full", outlet::isAsked);
    start(3, "/3");
    start(5, "/sync");
    awaitStalled("/3");
    awaitStalled("/sync");
    frames.write(Http2Frame.ping(2));
    outlet.allow(Long.MAX_VALUE);
    outlet.tellWritable();
    server.awaitHandlers();
    held.awaitLoop();
    frames.write(Http2Frame.ping(3));
    List<String> read = readUntilPing();
    read.addAll(readUntilPing());
    read.removeIf(frame -> frame.endsWith(" 0"));
    assertEquals("HEADERS 1", read.getFirst());
    assertTrue(
        read.containsAll(List.of("DATA 1 2", "HEADERS 3", "DATA 3 2", "HEADERS 5", "DATA 5 5")),
        read::toString);
  }

  @Test
  void a_connection_that_ends_while_one_is_written_leaves_nobody_waiting() throws Exception {
    connect(handler);
    outlet.hold();
    start(1, "/1");
    outlet.awaitHeld();
    start(3, "/sync");
    awaitStalled("/sync");
    start(5, "/large");
    awaitStalled("/large");
    frames.close();
    awaitReturned("/sync");
    awaitReturned("/large");
    assertTrue(handlers.get("/1").isAlive(), "the one that writes is still held");
    outlet.letAllGo();
    server.awaitHandlers();
  }

  /** Frames of viewers have filled the output, and are to be sent, when there is an answer. */
  @Test
  void an_answer_of_the_codec_to_a_loop_that_has_much_to_send_keeps_nobody_out() throws Exception {
    var journal = new Journal("output", 1 << 20);
    connect((request, response) ->
        response.follow(journal, new Offset(0), RawFollow.RAW, reason -> {}));
    frames.write(Http2Frame.settings(Http2Frame.INITIAL_WINDOW_SIZE, WRITE_BYTES));
    for (int stream = 1; stream <= 3; stream += 2) {
      ask(stream, "/");
      frames.readUntil(Http2Frame.HEADERS);
      server.awaitHandlers();
      held.awaitLoop();
    }
    byte[] noise = FollowFixture.noise(1 << 19, 1);
    FollowFixture.append(journal, noise, 0, noise.length);
    receive(2 * WRITE_BYTES);
    frames.write(Http2Frame.ping(2), Http2Frame.windowUpdate(1, WRITE_BYTES));
    frames.readUntil(Http2Frame.PING);
    frames.write(Http2Frame.windowUpdate(3, 10_000));
    receive(10_000);
  }

  private void receive(int bytes) throws IOException {
    for (int left = bytes; left > 0; ) {
      left -= frames.readUntil(Http2Frame.DATA).payload().length;
    }
  }
}
