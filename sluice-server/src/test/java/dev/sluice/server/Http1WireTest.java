package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.Headers;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The bytes of HTTP/1.1 responses, exactly: rules A7 to A12, B2, B4, F1 and F3. */
final class Http1WireTest extends WireTest {
  /** The head of a chunked response whose head was committed by something else than a flush. */
  private static final String CHUNKED =
      """
      HTTP/1.1 200 OK
      Date: now
      Content-Type: t/t
      Transfer-Encoding: chunked

      """;

  /** The same, committed by a flush. */
  private static final String STREAMED =
      """
      HTTP/1.1 200 OK
      Date: now
      Content-Type: t/t
      X-Accel-Buffering: no
      Cache-Control: no-cache, no-transform
      X-Content-Type-Options: nosniff
      Incremental: ?1
      Transfer-Encoding: chunked

      """;

  /** Where the response to a further request on the connection begins. */
  private static final String NEXT = "HTTP/1.1 299 ";

  /**
   * Serves a handler, and returns all that its response is, up to the first byte of the next one.
   * CR LF is shown as LF; a lone one of them fails.
   */
  private String wire(String method, Handler handler) throws IOException {
    serve((request, response) -> {
      response.header("Date", "now").type("t/t");
      if (request.path().equals("/next")) {
        response.status(299);
      } else {
        handler.handle(request, response);
      }
    });
    RawClient client =
        send(method + " / HTTP/1.1\r\nHost: test\r\n\r\nGET /next HTTP/1.1\r\nHost: test\r\n\r\n");
    String bytes = client.readUntil(NEXT);
    return lines(bytes.substring(0, bytes.length() - NEXT.length()));
  }

  private String wire(Handler handler) throws IOException {
    return wire("GET", handler);
  }

  private static String lines(String bytes) {
    String rest = bytes.replace("\r\n", "");
    assertTrue(rest.indexOf('\r') < 0 && rest.indexOf('\n') < 0, bytes);
    return bytes.replace("\r\n", "\n");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void A9_a_buffered_body_is_one_message_with_its_length() throws IOException {
    assertEquals(
        """
        HTTP/1.1 200 OK
        Date: now
        Content-Type: t/t
        Content-Length: 5

        hello\
        """,
        wire((request, response) -> response.write("hello")));
  }

  @Test
  void A9_nothing_written_is_content_length_0() throws IOException {
    assertEquals(
        """
        HTTP/1.1 404 Not Found
        Date: now
        Content-Type: t/t
        Content-Length: 0

        """,
        wire((request, response) -> response.status(404)));
  }

  @Test
  void A10_a_body_that_does_not_fit_is_chunked() throws IOException {
    String part = "x".repeat(8 * 1024);
    String wire =
        wire((request, response) -> {
          response.write(part);
          response.write("y");
        });
    assertTrue(wire.startsWith(CHUNKED), wire);
    String body = wire.substring(CHUNKED.length());
    assertTrue(body.endsWith("\n0\n\n"), body);
    assertEquals(part + "y", body.replaceAll("(?m)^[0-9a-f]+\n", "").replace("\n", ""));
  }

  @Test
  void A10_a_declared_length_is_not_chunked_though_it_is_flushed() throws IOException {
    assertEquals(
        STREAMED
                .replace("Content-Type: t/t\n", "Content-Type: t/t\nContent-Length: 10\n")
                .replace("Transfer-Encoding: chunked\n", "")
            + "helloworld",
        wire((request, response) -> {
          response.length(10);
          response.write("hello");
          response.flush();
          response.write("world");
        }));
  }

  @Test
  void A10_a_transfer_encoding_that_the_handler_sets_means_chunked_once() throws IOException {
    assertEquals(
        CHUNKED + "2\nhi\n0\n\n",
        wire((request, response) -> {
          response.header("Transfer-Encoding", "chunked");
          response.write("hi");
        }));
  }

  @Test
  void A11_chunk_boundaries_are_flushes_not_writes() throws IOException {
    assertEquals(
        STREAMED + "3\nxyz\n0\n\n",
        wire((request, response) -> {
          response.flush();
          response.write("x");
          response.write("y");
          response.write("z");
        }));
  }

  @Test
  void A11_each_flush_is_one_chunk() throws IOException {
    assertEquals(
        STREAMED + "5\nhello\n10\n0123456789abcdef\n1\n!\n0\n\n",
        wire((request, response) -> {
          response.write("hel");
          response.write(new byte[0]);
          response.write("lo");
          response.flush();
          response.write(ByteBuffer.wrap(bytes("0123456789")));
          response.write(ByteBuffer.allocateDirect(6).put(bytes("abcdef")).flip());
          response.flush();
          response.write("!");
        }));
  }

  @Test
  void A11_a_write_that_does_not_fit_leaves_with_what_was_written_before_it() throws IOException {
    String large = "x".repeat(10_000);
    assertEquals(
        CHUNKED + "2712\nab" + large.repeat(1) + "\n1\nc\n0\n\n",
        wire((request, response) -> {
          response.write("ab");
          response.write(large);
          response.write("c");
        }));
  }

  @Test
  void A12_the_answer_to_head_has_no_body_and_the_length_of_get() throws IOException {
    assertEquals(
        """
        HTTP/1.1 200 OK
        Date: now
        Content-Type: t/t
        Content-Length: 5

        """,
        wire("HEAD", (request, response) -> response.write("hello")));
  }

  @Test
  void A12_a_flushed_answer_to_head_has_no_transfer_encoding_and_no_chunks() throws IOException {
    assertEquals(
        STREAMED.replace("Transfer-Encoding: chunked\n", ""),
        wire(
            "HEAD",
            (request, response) -> {
              response.write("hello");
              response.flush();
              response.write("world");
            }));
  }

  @Test
  void A8_204_and_304_are_a_head_alone() throws IOException {
    String expected = "HTTP/1.1 204 No Content\nDate: now\nContent-Type: t/t\n\n";
    assertEquals(expected, wire((request, response) -> response.status(204)));
  }

  @Test
  void A8_304_has_no_content_type() throws IOException {
    String expected = "HTTP/1.1 304 Not Modified\nDate: now\nETag: \"1\"\n\n";
    assertEquals(
        expected,
        wire((request, response) -> response.status(304).length(7).header("ETag", "\"1\"")));
  }

  @Test
  void B2_a_flush_with_nothing_new_sends_no_bytes() throws IOException {
    assertEquals(
        STREAMED + "1\nx\n0\n\n",
        wire((request, response) -> {
          response.flush();
          response.flush();
          response.sync();
          response.write(new byte[0]);
          response.flush();
          response.write("x");
          response.flush();
          response.flush();
          response.sync();
        }));
  }

  @Test
  void B4_a_flush_makes_a_short_response_chunked() throws IOException {
    assertEquals(
        STREAMED + "2\nhi\n0\n\n",
        wire((request, response) -> {
          response.write("hi");
          response.flush();
        }));
  }

  @Test
  void F1_trailers_force_chunks_and_follow_the_last_one() throws IOException {
    assertEquals(
        CHUNKED.replace("Transfer", "Trailer: X-Sum, X-Unset\nTransfer")
            + "5\nhello\n0\nX-Sum: 42\n\n",
        wire((request, response) -> {
          response.length(5);
          response.declareTrailers("X-Sum", "X-Unset");
          response.write("hello");
          response.trailers().set("X-Sum", "42");
        }));
  }

  @Test
  void F3_an_interim_response_is_a_head_of_its_own_and_leaves_the_headers_alone()
      throws IOException {
    assertEquals(
        """
        HTTP/1.1 103 Early Hints
        Link: </a.css>

        HTTP/1.1 102 Processing

        HTTP/1.1 200 OK
        Date: now
        Content-Type: t/t
        Content-Length: 2

        hi\
        """,
        wire((request, response) -> {
          var hints = Headers.of("Link", "</a.css>").add("Content-Length", "9");
          response.inform(103, hints);
          response.inform(102, new Headers());
          response.write("hi");
        }));
  }
}
