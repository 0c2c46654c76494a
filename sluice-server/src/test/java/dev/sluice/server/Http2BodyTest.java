package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.RequestException;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Request bodies on HTTP/2: windows, and what becomes of them when nobody reads. */
@ExtendWith(NettyLeaks.class)
final class Http2BodyTest {
  private static final HeaderBlock POST = HeaderBlock.request("POST", "http", "/");
  private static final byte[] FULL = new byte[Http2Frame.PAYLOAD_BYTES_MAX];

  @RegisterExtension final TestServer server = new TestServer();

  private Http2Frames connect() throws IOException {
    return server
        .closeAfter(Http2Frames.connect(SocketFactory.getDefault(), server.address(), 0))
        .begin();
  }

  @Test
  void a_client_gets_no_more_room_than_the_limits_say() throws Exception {
    var waiting = new WaitingHandler();
    server.start((request, response) -> waiting.handle(request, response));
    Limits limits = TestServer.options().limits();
    Http2Frames frames = connect();
    Http2Frame settings = frames.readUntil(Http2Frame.SETTINGS);
    int window = Http2Frame.WINDOW_BYTES;
    for (int i = 0; i < settings.payload().length; i += 6) {
      boolean initial = settings.int32At(i) >>> 16 == Http2Frame.INITIAL_WINDOW_SIZE;
      window = initial ? settings.int32At(i + 2) : window;
    }
    assertEquals(limits.bodyBufferBytesMax(), window);
    frames.write(settings.acknowledgement(), Http2Frame.headers(1, 0, POST));
    for (int sent = 0; sent < window; sent += FULL.length) {
      frames.write(Http2Frame.data(1, 0, FULL));
    }
    waiting.awaitWaiting();
    frames.write(Http2Frame.ping(1));
    int granted = 0;
    for (Http2Frame frame = frames.read(); frame.type() != Http2Frame.PING; frame = frames.read()) {
      boolean update = frame.type() == Http2Frame.WINDOW_UPDATE;
      granted += update && frame.stream() == 1 ? frame.int32At(0) : 0;
    }
    assertEquals(0, granted, "room for what nobody has read");
    waiting.release();
  }

  @Test
  void more_than_the_window_is_an_error() throws Exception {
    var waiting = new WaitingHandler();
    server.start(waiting);
    Http2Frames frames = connect();
    frames.write(Http2Frame.headers(1, 0, POST));
    for (int i = 0; i < 5; i++) {
      frames.write(Http2Frame.data(1, 0, FULL));
    }
    String answer = new Http2Transcript(frames).ofStream(1);
    assertTrue(answer.contains("RST_STREAM 3") || answer.contains("GOAWAY 3"), answer);
    waiting.expectInterrupt();
  }

  /** What was under way on them is given back to the connection's window. */
  @Test
  void uploads_that_are_cancelled_leave_room_for_others() throws Exception {
    server.start((request, response) -> {
      if (request.path().equals("/count")) {
        response.write(request.body().readAllBytes().length + " bytes");
      } else {
        new WaitingHandler().handle(request, response);
      }
    });
    Http2Frames frames = connect();
    byte[] part = new byte[10_000];
    for (int i = 0; i < 300; i++) { // three times the connection's window
      int stream = 2 * i + 1;
      frames.write(
          Http2Frame.headers(stream, 0, POST),
          Http2Frame.data(stream, 0, part),
          Http2Frame.reset(stream, Http2Frame.CANCEL));
      frames.write(Http2Frame.ping(i));
      frames.readUntil(Http2Frame.PING);
    }
    int last = 1001;
    frames.write(Http2Frame.headers(last, 0, HeaderBlock.request("POST", "http", "/count")));
    for (int i = 0; i < 4; i++) {
      frames.write(Http2Frame.data(last, i == 3 ? END_STREAM : 0, part));
    }
    String answer = new Http2Transcript(frames).ofStream(last);
    assertTrue(answer.endsWith("DATA 40000 bytes END_STREAM\n"), answer);
  }

  @Test
  void uploads_that_are_answered_unread_leave_room_for_others() throws Exception {
    server.start((request, response) -> response.write("no, thank you"));
    Http2Frames frames = connect();
    var transcript = new Http2Transcript(frames);
    byte[] part = new byte[10_000];
    for (int i = 0; i < 300; i++) {
      int stream = 2 * i + 1;
      frames.write(Http2Frame.headers(stream, 0, POST), Http2Frame.data(stream, END_STREAM, part));
      String answer = transcript.ofStream(stream);
      assertTrue(answer.endsWith("DATA no, thank you END_STREAM\n"), answer);
    }
  }

  /** What nobody has read is given back at the end of the response; what follows, as it comes. */
  @Test
  void uploads_that_go_on_behind_their_answer_leave_room_for_others() throws Exception {
    server.start((request, response) -> response.write("enough"));
    Http2Frames frames = connect();
    var transcript = new Http2Transcript(frames);
    byte[] part = new byte[16_000]; // four of them fill a window
    for (int stream = 1; stream < 40; stream += 2) {
      frames.write(Http2Frame.headers(stream, 0, POST));
      for (int i = 0; i < 4; i++) {
        frames.write(Http2Frame.data(stream, 0, part));
      }
      String answer = transcript.ofStream(stream);
      assertTrue(answer.endsWith("DATA enough END_STREAM\n"), answer);
      while (frames.readUntil(Http2Frame.WINDOW_UPDATE).stream() != stream) {
        // That of the connection.
      }
      frames.write(Http2Frame.data(stream, 0, part), Http2Frame.data(stream, END_STREAM, part));
    }
  }

  @Test
  void padding_is_given_back_too() throws Exception {
    server.start(
        (request, response) -> response.write(request.body().readAllBytes().length + " bytes"));
    Http2Frames frames = connect();
    frames.write(Http2Frame.headers(1, 0, POST));
    byte[] padded = new byte[257];
    padded[0] = (byte) 255;
    for (int i = 0; i < 2_000; i++) { // half a megabyte, of which 2,000 bytes are data
      frames.write(new Http2Frame(Http2Frame.DATA, Http2Frame.PADDED, 1, padded));
      if (i % 100 == 99) {
        frames.write(Http2Frame.ping(i));
        frames.readUntil(Http2Frame.PING);
      }
    }
    frames.write(Http2Frame.data(1, END_STREAM));
    String answer = new Http2Transcript(frames).ofStream(1);
    assertTrue(answer.endsWith("DATA 2000 bytes END_STREAM\n"), answer);
  }

  @Test
  void a_body_beyond_the_limit_is_413() throws Exception {
    ServerOptions options = TestServer.options();
    Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
    server.start(
        options.withLimits(options.limits().withBodyBytesMax(1_000)),
        (request, response) -> {
          try {
            request.body().readAllBytes();
          } catch (RequestException e) {
            statuses.add(e.status());
            throw e;
          }
        });
    Http2Frames frames = connect();
    var transcript = new Http2Transcript(frames);
    HeaderBlock declared = HeaderBlock.request("POST", "http", "/").field("content-length", "1001");
    frames.write(Http2Frame.headers(1, 0, declared));
    assertTrue(transcript.ofStream(1).contains(":status: 413"));
    frames.write(Http2Frame.headers(3, 0, POST), Http2Frame.data(3, 0, new byte[1_001]));
    assertTrue(transcript.ofStream(3).contains(":status: 413"));
    assertEquals(1, statuses.size());
  }

  @Test
  void a_body_that_is_cut_short_is_no_body() throws Exception {
    var failure = new ConcurrentLinkedQueue<Exception>();
    server.start((request, response) -> {
      response.interruptOnCancel(false);
      try {
        request.body().readAllBytes();
      } catch (IOException e) {
        failure.add(e);
      }
    });
    Http2Frames frames = connect();
    HeaderBlock declared = HeaderBlock.request("POST", "http", "/").field("content-length", "10");
    frames.write(
        Http2Frame.headers(1, 0, declared),
        Http2Frame.data(1, END_STREAM, "short".getBytes(StandardCharsets.US_ASCII)));
    assertEquals("RST_STREAM 1\n", new Http2Transcript(frames).ofStream(1));
    Await.until("it has failed", () -> !failure.isEmpty());
    assertTrue(failure.peek() instanceof StreamClosedException, failure::toString);
  }

  @Test
  void trailers_end_a_body() throws Exception {
    server.start((request, response) -> response.write(request.body().readAllBytes()));
    Http2Frames frames = connect();
    frames.write(
        Http2Frame.headers(1, 0, POST),
        Http2Frame.data(1, 0, Arrays.copyOf(new byte[] {'a', 'b'}, 2)),
        Http2Frame.headers(1, END_STREAM, new HeaderBlock().field("x-sum", "1")));
    assertTrue(new Http2Transcript(frames).ofStream(1).endsWith("DATA ab END_STREAM\n"));
  }

  /** RFC 8441: bytes both ways on a stream, which the handler reads and writes as bodies. */
  @Test
  void an_extended_CONNECT_is_bytes_both_ways() throws Exception {
    server.start((request, response) -> {
      assertEquals("CONNECT", request.method());
      assertEquals("websocket", request.protocol());
      response.header("X-Path", request.path());
      response.flush();
      for (int b = request.body().read(); b >= 0; b = request.body().read()) {
        response.write(new byte[] {(byte) Character.toUpperCase(b)});
        response.flush();
      }
    });
    Http2Frames frames = connect();
    HeaderBlock connect =
        new HeaderBlock()
            .field(":method", "CONNECT")
            .field(":protocol", "websocket")
            .field(":scheme", "http")
            .field(":authority", "test")
            .field(":path", "/chat");
    frames.write(Http2Frame.headers(1, 0, connect));
    for (char c = 'a'; c <= 'e'; c++) {
      frames.write(Http2Frame.data(1, 0, (byte) c));
      byte[] answer = frames.readUntil(Http2Frame.DATA).payload();
      assertEquals(
          Character.toString(c - 'a' + 'A'), new String(answer, StandardCharsets.US_ASCII));
    }
    frames.write(Http2Frame.data(1, END_STREAM));
    assertEquals("DATA  END_STREAM\n", new Http2Transcript(frames).ofStream(1));
  }
}
