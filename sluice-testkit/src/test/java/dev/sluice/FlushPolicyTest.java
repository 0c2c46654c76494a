package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** When a pump flushes (rules G1 and G3). The source stays silent until the test saw the bytes. */
final class FlushPolicyTest {
  private static final TestRequest REQUEST = TestRequest.get("/");

  private final FeedStream source = new FeedStream();

  static List<FlushPolicy> policiesThatFlush() {
    return List.of(
        FlushPolicy.eachRead(),
        FlushPolicy.eachLine(),
        FlushPolicy.atMostEvery(Duration.ofHours(1)));
  }

  @ParameterizedTest
  @MethodSource("policiesThatFlush")
  void G3_the_headers_go_out_before_the_source_has_said_anything(FlushPolicy policy)
      throws Exception {
    var exchange = start(policy);
    exchange.awaitHead();
    source.end();
    assertEquals("", exchange.body());
    assertTrue(exchange.complete());
  }

  @Test
  void G1_without_flushes_a_short_body_is_sent_in_one_piece_with_its_length() {
    source.feed("abc").feed("def").end();
    var exchange = start(FlushPolicy.none());
    assertEquals("6", exchange.headers().get("Content-Length"));
    assertEquals(List.of("abcdef"), exchange.pieces());
  }

  @Test
  void G1_each_read_is_flushed_before_the_next_one_waits() throws Exception {
    var exchange = start(FlushPolicy.eachRead());
    source.feed("no line end");
    exchange.awaitFlushed("no line end");
    source.feed(", and more");
    exchange.awaitFlushed(", and more");
    source.end();
    assertEquals(List.of("no line end", ", and more"), exchange.pieces());
  }

  @Test
  void G1_each_line_is_flushed_when_it_ends_and_what_follows_waits_for_its_own() throws Exception {
    var exchange = start(FlushPolicy.eachLine());
    source.feed("half").feed(" a line\nand\nthe rest");
    exchange.awaitFlushed("and\n");
    source.feed(" of it\n");
    exchange.awaitFlushed("of it\n");
    source.feed("no end").end();
    assertEquals("half a line\nand\nthe rest of it\nno end", exchange.body());
    assertEquals(List.of("half a line\nand\n", "the rest of it\n", "no end"), exchange.pieces());
  }

  @Test
  void G1_at_most_every_interval_flushes_also_while_the_source_is_silent() throws Exception {
    var exchange = start(FlushPolicy.atMostEvery(Duration.ofMillis(20)));
    source.feed("first");
    exchange.awaitFlushed("first");
    source.feed("second");
    exchange.awaitFlushed("second");
    source.end();
    assertTrue(exchange.complete());
  }

  @Test
  void G1_at_most_every_interval_flushes_nothing_before_it_is_over() {
    source.feed("a").feed("b").feed("c").end();
    var exchange = start(FlushPolicy.atMostEvery(Duration.ofHours(1)));
    assertEquals("abc", exchange.body());
    assertEquals(List.of("abc"), exchange.pieces());
  }

  @Test
  void a_flush_of_the_clock_that_fails_ends_a_pump_whose_source_is_silent() throws Exception {
    var exchange =
        TestExchange.start(
            (request, response) -> {
              response.interruptOnCancel(false);
              Pump.from(source).flush(FlushPolicy.atMostEvery(Duration.ofMillis(10))).run(response);
            },
            REQUEST);
    exchange.awaitHead();
    exchange.stall();
    source.feed("abc");
    exchange.awaitStalled();
    exchange.disconnect();
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
    source.closed.await();
  }

  @Test
  void a_busy_source_is_batched_by_itself() {
    int megabyte = 1024 * 1024;
    var exchange =
        TestExchange.run(
            (request, response) ->
                Pump.from(new ByteArrayInputStream(new byte[megabyte])).run(response),
            REQUEST);
    assertEquals(megabyte, exchange.flushed().length);
    assertTrue(exchange.outcome().flushes() <= 2, exchange.outcome().toString());
  }

  @Test
  void a_line_in_a_read_that_filled_the_buffer_is_flushed_once_the_source_has_no_more()
      throws Exception {
    String filling = "a line\n" + "x".repeat(64 * 1024 - 7);
    source.feed(filling).feed("tail");
    var exchange = startCompressed(Pump.from(source).flush(FlushPolicy.eachLine()));
    assertEquals(filling, exchange.awaitDecoded(filling.length()));
    source.end();
    assertTrue(exchange.exchange().complete());
  }

  @Test
  void a_stream_whose_available_always_says_1_is_not_waited_for() throws Exception {
    InputStream inflating =
        new InflaterInputStream(InputStream.nullInputStream()) {
          private int reads;

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return reads++ == 0 ? length : source.read(bytes, offset, length);
          }
        };
    var exchange = startCompressed(Pump.from(inflating));
    assertEquals("\0".repeat(64 * 1024), exchange.awaitDecoded(64 * 1024));
    source.end();
    assertTrue(exchange.exchange().complete());
  }

  @Test
  void a_response_that_must_buffer_is_written_to_and_not_flushed() {
    source.feed("abc").end();
    var exchange =
        TestExchange.run(
            Filters.buffered((request, response) -> Pump.from(source).run(response), 100), REQUEST);
    assertEquals("3", exchange.headers().get("Content-Length"));
    assertTrue(exchange.complete());
  }

  @Test
  void an_interval_that_is_not_positive_is_refused() {
    var e =
        assertThrows(IllegalArgumentException.class, () -> FlushPolicy.atMostEvery(Duration.ZERO));
    assertEquals("not a positive interval: PT0S", e.getMessage());
  }

  private TestExchange start(FlushPolicy policy) {
    return TestExchange.start(
        (request, response) -> Pump.from(source).flush(policy).start(response), REQUEST);
  }

  /** A compressor holds back what is not flushed, where a response that is full lets it go. */
  private static Compressed startCompressed(Pump pump) {
    return new Compressed(
        TestExchange.start(
            Filters.gzip((request, response) -> pump.start(response)),
            REQUEST.header("Accept-Encoding", "gzip")));
  }

  private record Compressed(TestExchange exchange) {
    String awaitDecoded(int length) throws Exception {
      long deadlineNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      exchange.awaitHead();
      while (true) {
        String text = decoded(length);
        if (text.length() == length || System.nanoTime() > deadlineNanos) {
          return text;
        }
        Thread.sleep(10);
      }
    }

    private String decoded(int length) throws IOException {
      var text = new StringBuilder();
      try (var in = new GZIPInputStream(new ByteArrayInputStream(exchange.flushed()))) {
        while (text.length() < length) {
          text.append((char) in.read());
        }
      } catch (EOFException e) {
        // Up to here it was flushed.
      }
      return text.toString();
    }
  }
}
