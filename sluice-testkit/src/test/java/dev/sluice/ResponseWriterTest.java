package dev.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ResponseWriterTest {
  private static final TestRequest REQUEST = TestRequest.get("/");

  @Test
  void B6_a_flush_of_the_writer_reaches_the_wire_and_only_half_a_pair_waits() {
    var exchange =
        TestExchange.run(
            (request, response) -> {
              Writer writer = response.writer();
              writer.write("a\ud83d");
              writer.flush();
              writer.write("\ude00b");
              writer.flush();
            },
            REQUEST);
    assertEquals(List.of("a", "\ud83d\ude00b"), exchange.pieces());
    assertEquals("text/plain; charset=utf-8", exchange.headers().get("Content-Type"));
  }

  @Test
  void text_is_the_same_wherever_writes_split_it() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    String text = "x\u00e9\u4e00\ud83d\ude00".repeat(500);
    var exchange =
        TestExchange.run(
            (request, response) -> {
              Writer writer = response.writer();
              for (int from = 0; from < text.length(); ) {
                int to = Math.min(text.length(), from + 1 + random.nextInt(5));
                writer.write(text, from, to - from);
                from = to;
              }
            },
            REQUEST);
    assertEquals(text, exchange.body(), "seed " + seed);
  }

  @Test
  void a_half_that_never_gets_its_other_becomes_a_question_mark_at_close() {
    var exchange =
        TestExchange.run(
            (request, response) -> {
              try (Writer writer = response.writer()) {
                writer.write("a\ud83d");
              }
            },
            REQUEST);
    assertEquals("a?", exchange.body());
  }

  @Test
  void a_half_before_another_character_becomes_a_question_mark() {
    var exchange =
        TestExchange.run(
            (request, response) -> {
              Writer writer = response.writer();
              writer.write("\ud83d");
              writer.write("b");
            },
            REQUEST);
    assertEquals("?b", exchange.body());
  }

  /** Writes through a view of a response, and leaves it open. */
  @FunctionalInterface
  interface View {
    Closeable write(Response response, String text) throws IOException;
  }

  static Stream<Arguments> views() {
    View writer =
        (response, text) -> {
          Writer view = response.writer();
          view.write(text);
          return view;
        };
    View stream =
        (response, text) -> {
          OutputStream view = response.outputStream();
          view.write(text.getBytes(UTF_8));
          return view;
        };
    return Stream.of(argumentSet("writer", writer), argumentSet("outputStream", stream));
  }

  @ParameterizedTest
  @MethodSource("views")
  void E4_a_failure_within_try_before_anything_was_sent_is_a_500(View view) {
    var exchange =
        TestExchange.run(
            (request, response) -> {
              try (var _ = view.write(response, "half")) {
                throw new IllegalStateException("midway");
              }
            },
            REQUEST);
    assertEquals(500, exchange.status());
    assertEquals("internal server error\n", exchange.body());
    assertEquals("midway", exchange.failure().getMessage());
    assertTrue(exchange.complete());
  }

  @ParameterizedTest
  @MethodSource("views")
  void A9_closing_a_view_flushes_nothing(View view) {
    var exchange = TestExchange.of(REQUEST);
    exchange.run((request, response) -> {
      view.write(response, "whole").close();
      assertFalse(exchange.headSent());
    });
    assertEquals("5", exchange.headers().get("Content-Length"));
    assertEquals(List.of("whole"), exchange.pieces());
    assertEquals(0, exchange.outcome().flushes());
  }
}
