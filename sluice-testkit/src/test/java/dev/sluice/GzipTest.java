package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GzipTest {
  private static final TestRequest REQUEST =
      TestRequest.get("/").header("Accept-Encoding", "gzip, br");

  @Test
  void B6_what_was_flushed_can_be_decoded_while_the_handler_still_runs() throws Exception {
    var seen = new CountDownLatch(1);
    var exchange =
        TestExchange.start(
            Filters.gzip((request, response) -> {
              response.write("first");
              response.flush();
              seen.await();
              response.write(" second");
            }),
            REQUEST);
    exchange.awaitHead();
    assertEquals("first", decode(exchange.flushed(), 5));
    seen.countDown();
    assertTrue(exchange.complete());
    assertEquals("first second", decode(exchange.flushed(), Integer.MAX_VALUE));
  }

  @Test
  void bytes_come_out_as_they_went_in() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] bytes = new byte[200_000];
    random.nextBytes(bytes);
    var exchange =
        run((request, response) -> {
          var buffer = ByteBuffer.wrap(bytes);
          while (buffer.hasRemaining()) {
            int length = Math.min(buffer.remaining(), random.nextInt(20_000));
            response.write(buffer.slice(buffer.position(), length));
            buffer.position(buffer.position() + length);
            if (random.nextBoolean()) {
              response.flush();
            }
          }
        });
    assertArrayEquals(
        bytes,
        new GZIPInputStream(new ByteArrayInputStream(exchange.flushed())).readAllBytes(),
        "seed " + seed);
  }

  @Test
  void B2_a_flush_with_nothing_new_sends_nothing() {
    var exchange =
        run((request, response) -> {
          response.write("a");
          response.flush();
          response.flush();
          response.sync();
        });
    assertEquals(2, exchange.pieces().size(), "the flush and the end");
  }

  @Test
  void headers_say_what_was_done() {
    var exchange =
        run((request, response) -> {
          response.length(3).header("ETag", "\"v1\"").header("Vary", "Accept");
          response.write("abc");
        });
    Headers headers = exchange.headers();
    assertEquals("gzip", headers.get("Content-Encoding"));
    assertEquals("W/\"v1\"", headers.get("ETag"));
    assertTrue(headers.containsToken("Vary", "Accept"));
    assertTrue(headers.containsToken("Vary", "Accept-Encoding"));
    assertEquals(Integer.toString(exchange.flushed().length), headers.get("Content-Length"), "A9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "x-gzip | true",
        "GZIP;Q=0.5 | true",
        "* | true",
        "br, *;q=0.1 | true",
        "gzip;q=0, * | false",
        "gzip;q=0 | false",
        "gzip;q=0.000 | false",
        "*;q=0 | false",
        "br | false",
        "identity, gzip;q=0.5 | false",
        "identity;q=0.5, gzip | true",
        "gzip;q=nonsense | false",
        "'' | false"
      })
  void the_client_decides(String accept, boolean compressed) {
    var exchange =
        TestExchange.run(
            Filters.gzip((request, response) -> response.write("abc")),
            REQUEST.header("Accept-Encoding", accept));
    assertEquals(compressed ? "gzip" : null, exchange.headers().get("Content-Encoding"));
    assertEquals("Accept-Encoding", exchange.headers().get("Vary"));
  }

  @Test
  void a_client_that_says_nothing_gets_the_bytes_as_they_are() {
    var exchange =
        TestExchange.run(
            Filters.gzip((request, response) -> response.write("abc")),
            REQUEST.without("Accept-Encoding"));
    assertEquals("abc", exchange.body());
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void statuses_without_a_body_stay_as_they_are(int status) {
    var exchange = run((request, response) -> response.status(status).header("ETag", "\"v1\""));
    assertNull(exchange.headers().get("Content-Encoding"));
    assertEquals("\"v1\"", exchange.headers().get("ETag"));
  }

  @Test
  void what_is_encoded_or_a_part_or_empty_or_for_head_stays_as_it_is() {
    assertEquals(
        "br",
        run(
                (request, response) -> {
                  response.header("Content-Encoding", "br");
                  response.write("abc");
                })
            .headers()
            .get("Content-Encoding"));
    assertEquals(
        "abc",
        run(
                (request, response) -> {
                  response.status(206).header("Content-Range", "bytes 0-2/9");
                  response.write("abc");
                })
            .body());
    assertEquals("0", run((request, response) -> {}).headers().get("Content-Length"));
    var head =
        TestExchange.run(
            Filters.gzip((request, response) -> response.write("abc")),
            TestRequest.of("HEAD", "/").header("Accept-Encoding", "gzip"));
    assertNull(head.headers().get("Content-Encoding"));
  }

  @Test
  void a_body_that_was_begun_by_a_flush_and_stays_empty_is_whole() throws Exception {
    var exchange = run((request, response) -> response.flush());
    assertTrue(exchange.complete());
    assertEquals("gzip", exchange.headers().get("Content-Encoding"));
    assertEquals("", decode(exchange.flushed(), 1));
  }

  @Test
  void the_compressed_stream_of_a_failed_handler_has_no_end() {
    var exchange =
        run((request, response) -> {
          response.write("abc");
          response.flush();
          throw new IOException("no");
        });
    assertFalse(exchange.complete());
    assertThrows(EOFException.class, () -> decode(exchange.flushed(), Integer.MAX_VALUE));
  }

  @Test
  void A6_A7_a_declared_length_is_not_sent_and_still_holds() {
    var tooMuch =
        run((request, response) -> {
          response.length(2);
          assertThrows(IllegalStateException.class, () -> response.write("abc"));
          response.write("ab");
        });
    assertTrue(tooMuch.complete());
    var tooLittle =
        run((request, response) -> {
          response.length(4);
          response.write("abc");
          response.flush();
        });
    assertFalse(tooLittle.complete());
  }

  @Test
  void a_failure_before_anything_was_sent_is_an_error_that_is_not_compressed() {
    var exchange =
        run((request, response) -> {
          response.write("abc");
          throw new IOException("no");
        });
    assertEquals(500, exchange.status());
    assertNull(exchange.headers().get("Content-Encoding"));
    assertTrue(exchange.complete());
  }

  @Test
  void a_response_that_was_reset_is_begun_anew() throws Exception {
    var exchange =
        run((request, response) -> {
          response.write("forget this");
          assertTrue(response.reset());
          response.status(404).write("nothing here");
        });
    assertEquals(404, exchange.status());
    assertEquals("nothing here", decode(exchange.flushed(), Integer.MAX_VALUE));
  }

  @Test
  void A14_writes_fail_as_soon_as_the_client_has_gone_though_the_compressor_has_room() {
    var exchange = TestExchange.of(REQUEST);
    exchange.run(
        Filters.gzip((request, response) -> {
          response.write("abc");
          response.flush();
          exchange.disconnect();
          assertThrows(StreamClosedException.class, () -> response.write("def"));
        }));
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
  }

  @Test
  void B8_nothing_is_written_behind_the_end_of_the_compressed_stream() throws Exception {
    var leftBehind = new AtomicReference<Response>();
    Handler handler =
        Filters.gzip((request, response) -> {
          leftBehind.set(response);
          response.write("abc");
        });
    var exchange =
        TestExchange.run(
            (request, response) -> {
              // Runs after the filter has ended its stream, and before the response has ended.
              response.defer(succeeded -> {
                assertThrows(IllegalStateException.class, () -> leftBehind.get().write("late"));
                assertThrows(IllegalStateException.class, () -> leftBehind.get().flush());
              });
              handler.handle(request, response);
            },
            REQUEST);
    assertTrue(exchange.complete());
    var compressed = new ByteArrayInputStream(exchange.flushed());
    assertEquals("abc", decode(compressed, Integer.MAX_VALUE));
    assertEquals(0, compressed.available(), "bytes behind the end");
  }

  private static TestExchange run(Handler handler) {
    return TestExchange.run(Filters.gzip(handler), REQUEST);
  }

  private static String decode(byte[] bytes, int atMost) throws IOException {
    return decode(new ByteArrayInputStream(bytes), atMost);
  }

  private static String decode(InputStream bytes, int atMost) throws IOException {
    var in = new GZIPInputStream(bytes);
    return new String(in.readNBytes(atMost), StandardCharsets.UTF_8);
  }
}
