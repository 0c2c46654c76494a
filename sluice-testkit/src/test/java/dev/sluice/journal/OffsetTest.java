package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OffsetTest {
  private static final long LAST = 9_999_999_999_999_999L;

  @Test
  void its_text_is_a_generation_and_the_position() {
    assertEquals("0000000000000000_0000000000000000", Offset.ZERO.toString());
    assertEquals("0000000000000000_0000000000000042", new Offset(42).toString());
    assertEquals("0000000000000000_9999999999999999", new Offset(LAST).toString());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 9, 10, 99, 100, 262_144, Integer.MAX_VALUE, 1L << 40, LAST})
  void its_text_can_be_read_back(long position) {
    var offset = new Offset(position);
    assertEquals(offset, Offset.parse(offset.toString()));
  }

  @Test
  void its_text_sorts_as_it_does() {
    List<Offset> sorted = Stream.of(0L, 1L, 9L, 10L, 11L, 100L, LAST).map(Offset::new).toList();
    assertEquals(sorted, sorted.reversed().stream().sorted().toList());
    List<String> texts = sorted.stream().map(Offset::toString).toList();
    assertEquals(texts, texts.reversed().stream().sorted().toList());
    assertTrue(new Offset(1).compareTo(new Offset(2)) < 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, LAST + 1, Long.MAX_VALUE})
  void one_that_the_text_cannot_hold_is_refused_and_quoted(long position) {
    var e = assertThrows(IllegalArgumentException.class, () -> new Offset(position));
    assertTrue(e.getMessage().contains(Long.toString(position)), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "42",
        "-1",
        "now",
        "0000000000000000_000000000000042",
        "0000000000000000_00000000000000042",
        "0000000000000000-0000000000000042",
        "0000000000000000_000000000000004x",
        "0000000000000000_-000000000000042",
        "0000000000000001_0000000000000042",
        " 0000000000000000_0000000000000042",
        "0000000000000000_0000000000000042\n",
        "0000000000000000_\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0661",
        "0000000000000000_0000000000000042@5f3a9c01"
      })
  void any_other_text_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Offset.parse(text));
  }
}
