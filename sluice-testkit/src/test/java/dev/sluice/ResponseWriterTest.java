package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.Writer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

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
}
