package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of HTTP/2 that no handler may see, and what is said to them. */
@ExtendWith(NettyLeaks.class)
final class Http2BadRequestTest {
  @RegisterExtension final TestServer server = new TestServer();

  private final AtomicInteger handled = new AtomicInteger();

  private Http2Frames connect() throws IOException {
    server.start((request, response) -> {
      handled.incrementAndGet();
      request.body().readAllBytes();
      response.write("seen");
    });
    return server
        .closeAfter(Http2Frames.connect(SocketFactory.getDefault(), server.address(), 0))
        .begin();
  }

  /** Sends a head, and expects that it is refused, and that the connection goes on. */
  private void assertRefused(HeaderBlock head) throws IOException {
    Http2Frames frames = connect();
    var transcript = new Http2Transcript(frames);
    frames.write(Http2Frame.headers(1, END_STREAM, head));
    String answer = transcript.ofStream(1);
    assertTrue(answer.equals("RST_STREAM 1\n") || answer.contains(":status: 4"), answer);
    assertEquals(0, handled.get());
    frames.write(Http2Frame.headers(3, END_STREAM, HeaderBlock.get("/")));
    assertTrue(transcript.ofStream(3).contains("DATA seen"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "path",
        "http://test/",
        "*",
        "/a b",
        "/a\tb",
        "/a\r\nX-Evil: 1",
        "/\0",
        "/a\nb",
        "/\u00e9",
        "/\u007f"
      })
  void a_path_that_is_none(String path) throws Exception {
    assertRefused(HeaderBlock.get(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GE T", "GET\r\n", "G\0ET", "GET /", "g\u00e9t", "G(E)T"})
  void a_method_that_is_none(String method) throws Exception {
    assertRefused(HeaderBlock.request(method, "http", "/"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a/b", "a\r\nb", "a\0", "a@b", "user@test", "", "test:port"})
  void a_host_that_is_none(String authority) throws Exception {
    assertRefused(
        new HeaderBlock()
            .field(":method", "GET")
            .field(":scheme", "http")
            .field(":authority", authority)
            .field(":path", "/"));
  }

  @Test
  void no_host_at_all() throws Exception {
    assertRefused(
        new HeaderBlock().field(":method", "GET").field(":scheme", "http").field(":path", "/"));
  }

  @Test
  void two_hosts_that_differ() throws Exception {
    assertRefused(HeaderBlock.get("/").field("host", "other"));
  }

  @ParameterizedTest
  @CsvSource({
    "connection, close",
    "keep-alive, timeout=5",
    "proxy-connection, close",
    "transfer-encoding, chunked",
    "upgrade, h2c",
    "te, gzip",
    "Upper-Case, x",
    "x-name:, x",
    "'x name', x",
    "'', x",
    ":unknown, x",
    ":status, 200",
    ":path, /again",
    ":method, POST",
    "content-length, abc",
    "content-length, -1",
    "content-length, 5",
    "content-length, '5, 5'"
  })
  void a_field_that_must_not_be_there(String name, String value) throws Exception {
    assertRefused(HeaderBlock.get("/").field(name, value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb", "a\nb", "a\0b", " a", "a ", "\ta", "a\u0001b"})
  void a_value_that_must_not_be_there(String value) throws Exception {
    assertRefused(HeaderBlock.get("/").field("x-field", value));
  }

  @Test
  void a_name_of_http_1_is_no_field() throws Exception {
    assertRefused(HeaderBlock.get("/").field("x-a\r\nx-b", "1"));
  }

  @Test
  void a_pseudo_field_behind_the_others() throws Exception {
    assertRefused(
        new HeaderBlock()
            .field(":method", "GET")
            .field(":scheme", "http")
            .field("x-field", "1")
            .field(":path", "/"));
  }

  @Test
  void an_expectation_that_cannot_be_met() throws Exception {
    assertRefused(HeaderBlock.get("/").field("expect", "miracles"));
  }

  @Test
  void A15_a_head_that_is_too_large_is_told_431() throws Exception {
    assertAnswered("431", HeaderBlock.get("/").field("x-large", "x".repeat(45_000)));
  }

  @Test
  void A15_a_path_that_is_too_long_is_told_414() throws Exception {
    assertAnswered("414", HeaderBlock.get("/" + "x".repeat(9_000)));
  }

  @Test
  void A15_too_many_fields_are_told_431() throws Exception {
    HeaderBlock head = HeaderBlock.get("/");
    for (int i = 0; i < 200; i++) {
      head.field("x-" + i, "1");
    }
    assertAnswered("431", head);
  }

  private void assertAnswered(String status, HeaderBlock head) throws IOException {
    Http2Frames frames = connect();
    var transcript = new Http2Transcript(frames);
    byte[] bytes = head.bytes();
    for (int from = 0; from < bytes.length; from += Http2Frame.PAYLOAD_BYTES_MAX) {
      int to = Math.min(bytes.length, from + Http2Frame.PAYLOAD_BYTES_MAX);
      frames.write(
          new Http2Frame(
              from == 0 ? Http2Frame.HEADERS : Http2Frame.CONTINUATION,
              (from == 0 ? END_STREAM : 0) | (to == bytes.length ? Http2Frame.END_HEADERS : 0),
              1,
              Arrays.copyOfRange(bytes, from, to)));
    }
    String answer = transcript.ofStream(1);
    assertTrue(answer.contains(":status: " + status), answer);
    assertEquals(0, handled.get());
    frames.write(Http2Frame.headers(3, END_STREAM, HeaderBlock.get("/")));
    assertTrue(transcript.ofStream(3).contains("DATA seen"));
  }
}
