package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where messages of JSON end in a journal. */
final class JsonLinesTest {
  private final Recorded recorded = new Recorded();

  /** Fixed ones, and one of today that the test's name shows. */
  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 6), LongStream.of(new Random().nextLong()));
  }

  @Test
  void a_message_that_is_not_whole_has_no_end() {
    recorded.out("{}\n[1,").out("2");
    assertEquals(3, JsonLines.lastEnd(recorded.journal, 0, 7));
    assertEquals(3, JsonLines.lastEnd(recorded.journal, 3, 7));
    assertEquals(3, JsonLines.end(recorded.journal, 0, 7, 1));
    assertEquals(-1, JsonLines.end(recorded.journal, 0, 7, 2));
    assertEquals(-1, JsonLines.end(recorded.journal, 3, 7, 1));
  }

  @Test
  void a_message_may_begin_at_the_beginning_and_behind_a_line() {
    recorded.out("1\n2\n");
    assertTrue(JsonLines.isBoundary(recorded.journal, 0));
    assertFalse(JsonLines.isBoundary(recorded.journal, 1));
    assertTrue(JsonLines.isBoundary(recorded.journal, 2));
    assertTrue(JsonLines.isBoundary(recorded.journal, 4));
  }

  /** Compared with what a search in all of the text finds. */
  @ParameterizedTest
  @MethodSource("seeds")
  void ends_are_found_in_any_stretch_however_it_was_appended(long seed) {
    var random = new Random(seed);
    List<Integer> ends = new ArrayList<>();
    var all = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      all.append("7".repeat(1 + random.nextInt(random.nextInt(6) == 0 ? 90_000 : 40)));
      ends.add(all.append('\n').length());
    }
    for (int at = 0; at < all.length(); ) {
      int to = Math.min(all.length(), at + 1 + random.nextInt(30_000));
      recorded.add(
          random.nextBoolean() ? Kind.STDOUT : Kind.STDERR,
          all.substring(at, to).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      at = to;
    }
    for (int round = 0; round < 300; round++) {
      int from = random.nextInt(all.length());
      int to = from + random.nextInt(all.length() - from + 1);
      int count = 1 + random.nextInt(5);
      long[] within =
          ends.stream().mapToLong(end -> end).filter(end -> end > from && end <= to).toArray();
      long last = within.length == 0 ? from : within[within.length - 1];
      assertEquals(last, JsonLines.lastEnd(recorded.journal, from, to), from + " to " + to);
      long nth = within.length < count ? -1 : within[count - 1];
      assertEquals(nth, JsonLines.end(recorded.journal, from, to, count), from + " to " + to);
      assertEquals(from == 0 || ends.contains(from), JsonLines.isBoundary(recorded.journal, from));
    }
  }
}
