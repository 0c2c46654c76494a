package dev.sluice.streams;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.FrameBuffer;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text as events: a reader gets it back with one kind of line end, wherever it was cut. */
final class SseTextTest {
  private static final String[] PIECES = {
    "a", " ", "  ", "\n", "\r", "\r\n", "\n\n", ":", "data:", "id: 7", "\t", "é", "日", "🌍", "\0"
  };

  private final Recorded recorded = new Recorded();

  /** Fixed ones, and one of today that the test's name shows. */
  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 20), LongStream.of(new Random().nextLong()));
  }

  @Test
  void each_line_is_a_field_of_one_event() {
    recorded.out("one\ntwo\n");
    assertEquals("event: data\ndata:one\ndata:two\ndata:", text(0, 8));
  }

  @Test
  void blank_lines_are_lines() {
    recorded.out("\n\na\n\n");
    assertEquals("event: data\ndata:\ndata:\ndata:a\ndata:\ndata:", text(0, 5));
    assertEquals(List.of("\n\na\n\n"), read(0, 5));
  }

  @Test
  void a_space_that_begins_a_line_is_not_lost() {
    recorded.out(" a\n  b\r c d");
    assertEquals(List.of(" a\n  b\n c d"), read(0, 11));
  }

  @Test
  void every_line_end_is_a_line_feed() {
    recorded.out("a\rb\nc\r\nd\n\re\r\r\nf");
    assertEquals(List.of("a\nb\nc\nd\n\ne\n\nf"), read(0, 15));
  }

  @Test
  void a_line_end_that_is_cut_by_appends_is_one() {
    recorded.out("a\r").err("\nb\r").out("\n");
    assertEquals(List.of("a\nb\n"), read(0, 6));
  }

  @Test
  void a_line_end_that_is_cut_by_frames_is_one() {
    recorded.out("a\r\nb");
    assertEquals(List.of("a\n"), read(0, 2));
    assertEquals(List.of("b"), read(2, 4));
    assertEquals("", text(2, 3));
  }

  @Test
  void a_line_feed_at_the_beginning_of_all_is_one() {
    recorded.out("\na");
    assertEquals(List.of("\na"), read(0, 2));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_reader_gets_it_back_wherever_it_was_cut(long seed) {
    var random = new Random(seed);
    var all = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      all.append(PIECES[random.nextInt(PIECES.length)]);
    }
    byte[] bytes = all.toString().getBytes(UTF_8);
    append(bytes, random);
    for (int round = 0; round < 20; round++) {
      assertEquals(normalized(bytes), got(bytes.length, random));
    }
  }

  private void append(byte[] bytes, Random random) {
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(6));
      byte[] part = java.util.Arrays.copyOfRange(bytes, at, at + length);
      recorded.add(random.nextBoolean() ? Kind.STDOUT : Kind.STDERR, part);
      at += length;
    }
  }

  private String got(int length, Random random) {
    var got = new StringBuilder();
    for (int at = 0; at < length; ) {
      int to = Math.min(length, at + 1 + random.nextInt(50));
      List<String> events = read(at, to);
      assertTrue(events.size() <= 1, "several events");
      events.forEach(got::append);
      at = to;
    }
    return got.toString();
  }

  static String normalized(byte[] bytes) {
    return new String(bytes, ISO_8859_1).replace("\r\n", "\n").replace('\r', '\n');
  }

  private List<String> read(long from, long to) {
    return EventParser.parse(text(from, to) + "\n\n").stream()
        .map(EventParser.Event::data)
        .toList();
  }

  private String text(long from, long to) {
    Journal journal = recorded.journal;
    var frame = new FrameBuffer();
    var text = new SseText(journal, from, frame);
    assertTrue(journal.read(from, to, text));
    assertEquals(frame.size() > 0, text.isBegun());
    return new String(frame.array(), 0, frame.size(), ISO_8859_1);
  }
}
