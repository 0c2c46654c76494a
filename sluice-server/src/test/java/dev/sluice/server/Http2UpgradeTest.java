package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of HTTP/1.1 that ask to go on with HTTP/2 (RFC 7540 section 3.2). */
@ExtendWith(NettyLeaks.class)
final class Http2UpgradeTest {
  @RegisterExtension final TestServer server = new TestServer();

  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

  private Http2Frames connect() throws IOException {
    server.start((request, response) -> {
      response.header("X-Version", request.version().toString());
      response.header("X-Upgrade", String.valueOf(request.headers().get("Upgrade")));
      response.write(request.method() + " " + request.target());
    });
    return server.closeAfter(Http2Frames.connect(SocketFactory.getDefault(), server.address(), 0));
  }

  private static String asking(String settings) {
    return """
    GET /upgraded HTTP/1.1
    Host: test
    Connection: Upgrade, HTTP2-Settings
    Upgrade: h2c
    HTTP2-Settings: %s

    """
        .formatted(settings)
        .replace("\n", "\r\n");
  }

  private static String settings(int... pairs) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Http2Frame.settings(pairs).payload());
  }

  private static void send(Http2Frames frames, String text) throws IOException {
    frames.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String read(Http2Frames frames, int count) throws IOException {
    InputStream in = frames.socket().getInputStream();
    return new String(in.readNBytes(count), StandardCharsets.US_ASCII);
  }

  @Test
  void the_request_is_answered_on_stream_1_and_others_follow() throws Exception {
    Http2Frames frames = connect();
    send(frames, asking(settings(Http2Frame.INITIAL_WINDOW_SIZE, 100_000)));
    assertEquals(SWITCHED, read(frames, SWITCHED.length()));
    frames.begin();
    var transcript = new Http2Transcript(frames);
    String answer = transcript.ofStream(1);
    assertTrue(answer.contains("x-version: HTTP/2"), answer);
    assertTrue(answer.contains("x-upgrade: null"), answer);
    assertTrue(answer.endsWith("DATA GET /upgraded END_STREAM\n"), answer);
    frames.write(Http2Frame.headers(3, END_STREAM, HeaderBlock.get("/next")));
    assertTrue(transcript.ofStream(3).endsWith("DATA GET /next END_STREAM\n"));
  }

  @Test
  void the_settings_of_the_request_hold_for_its_answer() throws Exception {
    Http2Frames frames = connect();
    send(frames, asking(settings(Http2Frame.INITIAL_WINDOW_SIZE, 3)));
    assertEquals(SWITCHED, read(frames, SWITCHED.length()));
    frames.begin(Http2Frame.INITIAL_WINDOW_SIZE, 3);
    assertEquals(3, frames.readUntil(Http2Frame.DATA).payload().length);
  }

  /** Who asks wrongly is answered as if it had not asked. */
  @ParameterizedTest
  @CsvSource({
    "'Connection: Upgrade', 'Upgrade: h2c', 'HTTP2-Settings: '",
    "'Connection: Upgrade, HTTP2-Settings', 'Upgrade: websocket', 'HTTP2-Settings: '",
    "'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'X-Settings: '",
    "'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: !!!'",
    "'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAA'",
    "'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAT_____'",
    "'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2', 'HTTP2-Settings: '"
  })
  void otherwise_the_answer_is_of_http_1(String connection, String upgrade, String settings)
      throws Exception {
    Http2Frames frames = connect();
    List<String> head = List.of("GET / HTTP/1.1", "Host: test", connection, upgrade, settings);
    send(frames, String.join("\r\n", head) + "\r\n\r\n");
    assertEquals("HTTP/1.1 200", read(frames, 12));
  }

  @Test
  void a_request_with_a_body_is_answered_by_http_1() throws Exception {
    Http2Frames frames = connect();
    send(frames, asking(settings()).replace("\r\n\r\n", "\r\nContent-Length: 4\r\n\r\nbody"));
    assertEquals("HTTP/1.1 200", read(frames, 12));
  }

  @Test
  void one_on_http_1_0_is_answered_by_http_1() throws Exception {
    Http2Frames frames = connect();
    send(frames, asking(settings()).replace("HTTP/1.1", "HTTP/1.0"));
    assertEquals("HTTP/1.1 200", read(frames, 12));
  }

  @Test
  void one_behind_others_is_taken_up_in_its_turn() throws Exception {
    Http2Frames frames = connect();
    send(frames, "HEAD /first HTTP/1.1\r\nHost: test\r\n\r\n" + asking(settings()));
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append(read(frames, 1));
    }
    assertTrue(head.toString().startsWith("HTTP/1.1 200"), head.toString());
    assertEquals(SWITCHED, read(frames, SWITCHED.length()));
    frames.begin();
    assertTrue(new Http2Transcript(frames).ofStream(1).endsWith("DATA GET /upgraded END_STREAM\n"));
  }
}
