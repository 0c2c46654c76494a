package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.Handler;
import dev.sluice.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Responses as frames. */
@ExtendWith(NettyLeaks.class)
final class Http2WireTest {
  @RegisterExtension final TestServer server = new TestServer();

  private Http2Frames connect() throws IOException {
    return server
        .closeAfter(Http2Frames.connect(SocketFactory.getDefault(), server.address(), 0))
        .begin();
  }

  private String answer(Handler handler) throws IOException {
    return answer(UnaryOperator.identity(), "GET", handler);
  }

  private String answer(UnaryOperator<ServerOptions> options, String method, Handler handler)
      throws IOException {
    server.start(options.apply(TestServer.options()), handler);
    Http2Frames frames = connect();
    frames.write(Http2Frame.headers(1, END_STREAM, HeaderBlock.request(method, "http", "/")));
    return new Http2Transcript(frames).ofStream(1);
  }

  @Test
  void a_short_body_has_its_length_and_ends_the_stream() throws Exception {
    assertEquals(
        """
        HEADERS
          :status: 200
          content-type: text/plain; charset=utf-8
          content-length: 5
        DATA hello END_STREAM
        """,
        answer((request, response) -> response.write("hello")));
  }

  @Test
  void no_body_is_one_frame() throws Exception {
    assertEquals(
        """
        HEADERS END_STREAM
          :status: 201
          content-length: 0
        """,
        answer((request, response) -> response.status(201)));
  }

  @Test
  void the_server_names_itself_if_it_is_to() throws Exception {
    assertEquals(
        """
        HEADERS END_STREAM
          :status: 204
          server: sluice
        """,
        answer(
            options -> options.withServerHeader(true),
            "GET",
            (request, response) -> response.status(204)));
  }

  @Test
  void HEAD_has_the_head_alone() throws Exception {
    assertEquals(
        """
        HEADERS END_STREAM
          :status: 200
          content-type: text/plain; charset=utf-8
          content-length: 5
        """,
        answer(UnaryOperator.identity(), "HEAD", (request, response) -> response.write("hello")));
  }

  @Test
  void B5_a_flush_is_a_frame_and_one_of_nothing_is_none() throws Exception {
    assertEquals(
        """
        HEADERS
          :status: 200
          content-type: application/octet-stream
          x-content-type-options: nosniff
          x-accel-buffering: no
          cache-control: no-cache, no-transform
          incremental: ?1
        DATA a
        DATA bc
        DATA d END_STREAM
        """,
        answer((request, response) -> {
          response.flush();
          response.flush();
          response.write("a");
          response.flush();
          response.flush();
          response.write("b");
          response.write("c");
          response.flush();
          response.write("d");
        }));
  }

  @Test
  void a_body_that_was_flushed_ends_with_an_empty_frame() throws Exception {
    assertEquals(
        """
        HEADERS
          :status: 200
          content-type: text/plain; charset=utf-8
          x-accel-buffering: no
          cache-control: no-cache, no-transform
          x-content-type-options: nosniff
          incremental: ?1
        DATA a
        DATA  END_STREAM
        """,
        answer((request, response) -> {
          response.write("a");
          response.flush();
        }));
  }

  @Test
  void F1_trailers_are_the_last_frame() throws Exception {
    assertEquals(
        """
        HEADERS
          :status: 200
          content-type: text/plain; charset=utf-8
          trailer: X-Sum
        DATA body
        HEADERS END_STREAM
          x-sum: 42
        """,
        answer((request, response) -> {
          response.type("text/plain; charset=utf-8").declareTrailers("X-Sum");
          response.write("body");
          response.trailers().set("X-Sum", "42");
        }));
  }

  @Test
  void F3_interim_responses_come_before_the_final_one() throws Exception {
    assertEquals(
        """
        HEADERS
          :status: 103
          link: </a.css>
        HEADERS END_STREAM
          :status: 204
        """,
        answer((request, response) -> {
          response.inform(103, Headers.of("Link", "</a.css>"));
          response.status(204);
        }));
  }

  @Test
  void a_field_of_many_kilobytes_is_continued() throws Exception {
    String large = "x".repeat(100_000);
    assertEquals(
        """
        HEADERS END_STREAM
          :status: 204
          x-large: %s
        """
            .formatted(large),
        answer((request, response) -> response.status(204).header("X-Large", large)));
  }

  @Test
  void E4_a_handler_that_fails_before_anything_was_sent_is_a_500() throws Exception {
    assertEquals(
        """
        HEADERS
          :status: 500
          content-type: text/plain; charset=utf-8
          x-content-type-options: nosniff
          cross-origin-resource-policy: same-origin
          content-length: 22
        DATA internal server error
         END_STREAM
        """,
        answer((request, response) -> {
          throw new IllegalStateException("the test says so");
        }));
    server.expectLogged("the test says so");
  }

  @Test
  void E4_a_handler_that_fails_later_is_an_internal_error_of_its_stream() throws Exception {
    String answer =
        answer((request, response) -> {
          response.status(299).length(10).write("part");
          response.flush();
          throw new IllegalStateException("the test says so");
        });
    server.expectLogged("the test says so");
    assertEquals("DATA part\nRST_STREAM 2\n", answer.substring(answer.indexOf("DATA")));
  }

  @Test
  void E5_an_abort_is_a_cancel_of_its_stream() throws Exception {
    String answer =
        answer((request, response) -> {
          response.write("part");
          response.flush();
          response.abort("the test says so");
        });
    assertEquals("DATA part\nRST_STREAM 8\n", answer.substring(answer.indexOf("DATA")));
  }

  /** Which the reader of frames checks. */
  @Test
  void a_large_body_is_frames_that_every_client_takes() throws Exception {
    String answer = answer((request, response) -> response.write("y".repeat(60_000)));
    assertEquals(60_000, countOf("y", answer.substring(answer.indexOf("DATA"))));
  }

  private static int countOf(String word, String text) {
    return text.split(word, -1).length - 1;
  }

  @Test
  void streams_take_turns_on_one_connection() throws Exception {
    var gates = new Gate[] {new Gate(), new Gate()};
    server.start((request, response) -> {
      int own = Integer.parseInt(request.path().substring(1));
      response.write("begin " + own);
      response.flush();
      gates[own].pass();
      response.write("end " + own);
    });
    Http2Frames frames = connect();
    for (int i = 0; i < 2; i++) {
      frames.write(Http2Frame.headers(2 * i + 1, END_STREAM, HeaderBlock.get("/" + i)));
    }
    var seen = new StringBuilder();
    while (countOf("begin", seen.toString()) < 2) {
      seen.append(text(frames.readUntil(Http2Frame.DATA)));
    }
    gates[1].open();
    assertEquals("end 1", text(frames.readUntil(Http2Frame.DATA)));
    gates[0].open();
    assertEquals("end 0", text(frames.readUntil(Http2Frame.DATA)));
  }

  private static String text(Http2Frame frame) {
    return new String(frame.payload(), StandardCharsets.ISO_8859_1);
  }
}
