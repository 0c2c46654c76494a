package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Filters;
import dev.sluice.ForwardingResponse;
import dev.sluice.Response;
import dev.sluice.StreamClosedException;
import java.io.BufferedWriter;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The rules B1 to B6: what was flushed is with the client while the handler goes on. */
abstract class FlushContract extends Contract {
  private final Gate gate = new Gate();

  FlushContract(Transport transport) {
    super(transport);
  }

  @Test
  void B1_a_flush_before_anything_sends_status_200_and_the_headers() throws Exception {
    var exchange =
        get((request, response) -> {
          response.header("X-Early", "yes");
          response.flush();
          assertTrue(response.committed());
          gate.pass();
        });
    assertEquals(200, exchange.head().status());
    assertEquals("yes", exchange.head().header("X-Early"));
    gate.open();
    assertEquals("", exchange.end().text());
  }

  @Test
  void B1_a_flush_sends_the_status_that_was_set() throws Exception {
    var exchange =
        get((request, response) -> {
          response.status(404);
          response.flush();
          gate.pass();
        });
    assertEquals(404, exchange.head().status());
    gate.open();
    assertTrue(exchange.end().complete());
  }

  @Test
  void B2_flushes_with_nothing_new_do_not_end_or_change_the_body() throws Exception {
    var exchange =
        get((request, response) -> {
          response.flush();
          response.flush();
          response.write("a");
          response.flush();
          response.flush();
          response.write(new byte[0]);
          response.flush();
          response.write("b");
          response.flush();
          gate.pass();
        });
    assertEquals("ab", exchange.read(2));
    gate.open();
    var rest = exchange.end();
    assertEquals("", rest.text());
    assertTrue(rest.complete());
  }

  @Test
  void B3_a_flush_throws_the_first_failure_and_every_later_one_does_too() throws Exception {
    var exchange =
        get((request, response) -> {
          response.interruptOnCancel(false);
          response.write("x");
          response.flush();
          gate.open();
          Await.until("the client has gone", request.cancelled()::isSet);
          var first = assertThrows(StreamClosedException.class, response::flush);
          var second = assertThrows(StreamClosedException.class, () -> response.write("y"));
          var third = assertThrows(StreamClosedException.class, response::sync);
          assertEquals(CloseReason.CLIENT_GONE, first.reason());
          assertEquals(CloseReason.CLIENT_GONE, second.reason());
          assertEquals(first.getCause(), second.getCause());
          assertEquals(first.getCause(), third.getCause());
        });
    gate.pass();
    exchange.cancel();
    server.awaitHandlers();
  }

  @Test
  void B5_a_flush_with_an_empty_buffer_leaves_the_body_open() throws Exception {
    var exchange =
        get((request, response) -> {
          response.flush();
          gate.pass();
          response.write("later");
        });
    assertEquals(200, exchange.head().status());
    assertNull(exchange.head().header("Content-Length"));
    gate.open();
    var body = exchange.end();
    assertEquals("later", body.text());
    assertTrue(body.complete());
  }

  @Test
  void every_flush_is_with_the_client_before_the_next_write() throws Exception {
    var gates = new Gate[] {new Gate(), new Gate(), new Gate()};
    var exchange =
        get((request, response) -> {
          for (int i = 0; i < gates.length; i++) {
            response.write("part " + i + "\n");
            response.flush();
            gates[i].pass();
          }
        });
    for (int i = 0; i < gates.length; i++) {
      assertEquals("part " + i + "\n", exchange.read(7));
      gates[i].open();
    }
    assertTrue(exchange.end().complete());
  }

  @Test
  void a_flush_sends_what_is_in_the_buffer_and_what_did_not_fit() throws Exception {
    String large = "0123456789abcdef".repeat(20_000);
    var exchange =
        get((request, response) -> {
          response.write("head:");
          response.write(ByteBuffer.wrap(large.getBytes(StandardCharsets.US_ASCII)));
          response.write(":tail");
          response.sync();
          gate.pass();
        });
    assertEquals("head:" + large + ":tail", exchange.read(large.length() + 10));
    gate.open();
    assertTrue(exchange.end().complete());
  }

  @Test
  void a_full_buffer_is_sent_without_a_flush() throws Exception {
    var exchange =
        get((request, response) -> {
          for (int i = 0; i < 100; i++) {
            response.write("x".repeat(1000));
          }
          gate.pass();
        });
    assertEquals("x".repeat(90_000), exchange.read(90_000));
    gate.open();
    assertEquals(10_000, exchange.end().text().length());
  }

  @Test
  void B6_a_flush_goes_through_a_wrapper() throws Exception {
    var exchange = get((request, response) -> flushHello(new ForwardingResponse(response) {}));
    assertEquals("hello", exchange.read(5));
    gate.open();
    assertTrue(exchange.end().complete());
  }

  private void flushHello(Response response) throws Exception {
    response.write("hello");
    response.flush();
    gate.pass();
  }

  @Test
  void B6_a_flush_goes_through_the_output_stream() throws Exception {
    var exchange =
        get((request, response) -> {
          OutputStream out = response.outputStream();
          out.write('h');
          out.write("ello".getBytes(StandardCharsets.US_ASCII));
          out.flush();
          gate.pass();
        });
    assertEquals("hello", exchange.read(5));
    gate.open();
    assertTrue(exchange.end().complete());
  }

  @Test
  void B6_a_flush_goes_through_a_writer_over_the_writer() throws Exception {
    var exchange =
        get((request, response) -> {
          Writer writer = new BufferedWriter(response.writer());
          writer.write("hello");
          writer.flush();
          gate.pass();
        });
    assertEquals("hello", exchange.read(5));
    gate.open();
    assertTrue(exchange.end().complete());
  }

  @Test
  void B6_a_flush_goes_through_the_compressor_so_that_the_client_can_decode_all_of_it()
      throws Exception {
    serve(Filters.gzip((request, response) -> flushHello(response)));
    var exchange = connect().send(ContractRequest.get("/").withHeader("Accept-Encoding", "gzip"));
    assertEquals("gzip", exchange.head().header("Content-Encoding"));
    var plain = new GZIPInputStream(exchange.body());
    assertEquals("hello", new String(plain.readNBytes(5), StandardCharsets.US_ASCII));
    gate.open();
    assertEquals(-1, plain.read());
  }

  @Test
  void a_flush_that_commits_the_head_adds_the_headers_of_a_stream() throws Exception {
    var exchange =
        get((request, response) -> {
          response.type("text/plain");
          response.flush();
          gate.pass();
        });
    var head = exchange.head();
    gate.open();
    assertEquals("no", head.header("X-Accel-Buffering"));
    assertEquals("no-cache, no-transform", head.header("Cache-Control"));
    assertEquals("nosniff", head.header("X-Content-Type-Options"));
    assertEquals("?1", head.header("Incremental"));
    assertEquals("text/plain; charset=utf-8", head.header("Content-Type"));
    assertNotNull(exchange.end());
  }

  @Test
  void the_headers_of_a_stream_do_not_replace_those_of_the_handler() throws Exception {
    var exchange =
        get((request, response) -> {
          response.header("X-Accel-Buffering", "yes").header("Cache-Control", "max-age=60");
          response.header("X-Content-Type-Options", "x").header("Incremental", "?0");
          response.type("text/plain; charset=iso-8859-1");
          response.flush();
        });
    var head = exchange.head();
    assertEquals(1, head.headers().all("X-Accel-Buffering").size());
    assertEquals("yes", head.header("X-Accel-Buffering"));
    assertEquals("max-age=60", head.header("Cache-Control"));
    assertEquals("x", head.header("X-Content-Type-Options"));
    assertEquals("?0", head.header("Incremental"));
    assertEquals("text/plain; charset=iso-8859-1", head.header("Content-Type"));
    assertTrue(exchange.end().complete());
  }

  @Test
  void a_response_that_is_not_flushed_has_no_headers_of_a_stream() throws Exception {
    var exchange = get((request, response) -> response.type("text/plain").write("x"));
    var head = exchange.head();
    assertNull(head.header("X-Accel-Buffering"));
    assertNull(head.header("Cache-Control"));
    assertNull(head.header("Incremental"));
    assertEquals("text/plain", head.header("Content-Type"));
    assertEquals("x", exchange.end().text());
  }
}
