package dev.sluice.journal;

import static dev.sluice.journal.Kind.STDERR;
import static dev.sluice.journal.Kind.STDOUT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JournalTest {
  private static final int BLOCK = 256 * 1024;
  private static final Instant NOON = Instant.ofEpochSecond(1000);
  private static final Instant LATER = NOON.plusSeconds(1);

  private final Journal journal = new Journal("test", 1 << 24);

  private Offset append(Kind kind, Instant time, String text) throws IOException {
    return append(journal, kind, time, text);
  }

  private static Offset append(Journal to, Kind kind, Instant time, String text)
      throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    return to.append(kind, time, bytes, 0, bytes.length);
  }

  @Test
  void a_new_one_is_empty_and_open() {
    assertEquals("test", journal.name());
    assertEquals(1 << 24, journal.options().retention().bytes());
    assertEquals(Offset.ZERO, journal.start());
    assertEquals(Offset.ZERO, journal.tail());
    assertNull(journal.ending());
    assertEquals(0, Records.of(journal).count());
  }

  @Test
  void its_identity_is_its_own() {
    assertTrue(journal.id().matches("[0-9a-f]{8}"), journal.id());
    assertNotEquals(journal.id(), new Journal("test", 1).id());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void one_that_keeps_nothing_is_refused(long bytesKept) {
    var e = assertThrows(IllegalArgumentException.class, () -> new Journal("none", bytesKept));
    assertTrue(e.getMessage().contains(Long.toString(bytesKept)), e.getMessage());
  }

  @Test
  void an_append_moves_the_tail_and_says_where_to() throws IOException {
    assertEquals(new Offset(5), append(STDOUT, NOON, "hello"));
    assertEquals(new Offset(5), journal.tail());
    assertEquals(new Offset(11), append(STDOUT, LATER, " world"));
    assertEquals(Offset.ZERO, journal.start());
    assertEquals("hello world", Records.of(journal).text());
  }

  @Test
  void the_bytes_are_copied() throws IOException {
    byte[] bytes = "hello".getBytes(UTF_8);
    journal.append(STDOUT, NOON, bytes, 1, 3);
    bytes[1] = 'X';
    assertEquals("ell", Records.of(journal).text());
  }

  @Test
  void an_append_outside_of_its_array_changes_nothing() throws IOException {
    byte[] bytes = new byte[4];
    assertThrows(IndexOutOfBoundsException.class, () -> journal.append(STDOUT, NOON, bytes, 2, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> journal.append(STDOUT, NOON, bytes, -1, 2));
    assertEquals(Offset.ZERO, journal.tail());
    append(STDOUT, NOON, "still open");
  }

  @Test
  void an_append_of_nothing_adds_no_record() throws IOException {
    append(STDOUT, NOON, "a");
    assertEquals(new Offset(1), append(STDERR, LATER, ""));
    assertEquals(List.of("stdout 1000000000 a"), Records.of(journal).shown());
  }

  @Test
  void any_stretch_can_be_read() throws IOException {
    append(STDOUT, NOON, "one");
    append(STDERR, NOON, "two");
    append(STDOUT, LATER, "three");
    assertEquals(
        List.of("stderr 1000000000 wo", "stdout 1001000000 th"), Records.of(journal, 4, 8).shown());
    assertEquals(0, Records.of(journal, 4, 4).count());
    assertEquals("e", Records.of(journal, 10, 11).text());
  }

  @Test
  void records_of_one_kind_within_a_millisecond_become_one() throws IOException {
    append(STDOUT, NOON, "a");
    append(STDOUT, NOON.plusNanos(500_000), "b");
    append(STDOUT, NOON.plusNanos(999_999), "c");
    append(STDOUT, NOON.plusNanos(1_000_000), "d");
    append(STDOUT, NOON.plusNanos(1_999_000), "e");
    assertEquals(
        List.of("stdout 1000000000 abc", "stdout 1000001000 de"), Records.of(journal).shown());
  }

  @Test
  void records_of_two_kinds_never_do() throws IOException {
    append(STDOUT, NOON, "a");
    append(STDERR, NOON, "b");
    append(STDOUT, NOON, "c");
    append(STDOUT, NOON, "d");
    assertEquals(
        List.of("stdout 1000000000 a", "stderr 1000000000 b", "stdout 1000000000 cd"),
        Records.of(journal).shown());
  }

  @Test
  void a_clock_that_is_set_back_begins_a_new_record() throws IOException {
    append(STDOUT, NOON, "a");
    append(STDOUT, NOON.minus(Duration.ofMinutes(10)), "b");
    assertEquals(List.of("stdout 1000000000 a", "stdout 400000000 b"), Records.of(journal).shown());
  }

  @Test
  void times_before_1970_are_times() throws IOException {
    append(STDOUT, Instant.ofEpochSecond(-1, 500_000_000), "a");
    assertEquals(List.of("stdout -500000 a"), Records.of(journal).shown());
  }

  @ParameterizedTest
  @ValueSource(
      ints = {1, 1023, 1024, 1025, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1, 1 << 20})
  void an_append_of_any_size_is_read_back(int size) throws IOException {
    byte[] bytes = pattern(size);
    journal.append(STDERR, NOON, bytes, 0, size);
    append(STDOUT, NOON, "next");
    assertEquals(new Offset(size + 4), journal.tail());
    assertArrayEquals(bytes, Records.of(journal, 0, size).bytes());
    assertEquals("e".repeat(size) + "oooo", Records.of(journal).kinds());
    assertEquals("next", Records.of(journal, size, size + 4).text());
  }

  @ParameterizedTest
  @ValueSource(ints = {BLOCK - 2, BLOCK - 1, BLOCK, BLOCK + 1})
  void a_stretch_over_the_edge_of_256_KiB_is_whole(int from) throws IOException {
    byte[] bytes = pattern(BLOCK + 100);
    journal.append(STDOUT, NOON, bytes, 0, bytes.length);
    for (int to = from; to < from + 5; to++) {
      byte[] expected = Arrays.copyOfRange(bytes, from, to);
      assertArrayEquals(expected, Records.of(journal, from, to).bytes());
    }
  }

  static byte[] pattern(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + (i >>> 8) * 7);
    }
    return bytes;
  }

  @Test
  void a_close_is_kept_and_refuses_what_comes_after_it() throws IOException {
    append(STDOUT, NOON, "a");
    var ending = new Ending(143, "TERM");
    journal.close(ending);
    assertEquals(ending, journal.ending());
    var e = assertThrows(IllegalStateException.class, () -> append(STDOUT, NOON, "b"));
    assertTrue(e.getMessage().contains("test"), e.getMessage());
    assertThrows(IllegalStateException.class, () -> append(STDOUT, NOON, ""));
    assertThrows(IllegalStateException.class, () -> journal.close(Ending.PLAIN));
    assertEquals(ending, journal.ending());
    assertEquals("a", Records.of(journal).text());
  }

  @Test
  void who_watches_is_called_after_each_append_and_after_the_close() throws IOException {
    List<String> seen = new ArrayList<>();
    Runnable undo =
        journal.watch(() -> seen.add(journal.tail().position() + " " + journal.ending()));
    append(STDOUT, NOON, "a");
    append(STDOUT, NOON, "b");
    journal.append(STDOUT, NOON, new byte[BLOCK], 0, BLOCK);
    journal.close(new Ending(0, null));
    String end = BLOCK + 2 + " ";
    assertEquals(
        List.of("1 null", "2 null", end + "null", end + "Ending[status=0, signal=null]"), seen);
    undo.run();
  }

  @Test
  void who_has_undone_it_is_not_called() throws IOException {
    List<String> seen = new ArrayList<>();
    Runnable undo = journal.watch(() -> seen.add("first"));
    Runnable undoOther = journal.watch(() -> seen.add("second"));
    undo.run();
    undo.run();
    append(STDOUT, NOON, "a");
    undoOther.run();
    journal.close(Ending.PLAIN);
    assertEquals(List.of("second"), seen);
  }

  @Test
  void the_same_watcher_twice_is_two() throws IOException {
    List<String> seen = new ArrayList<>();
    Runnable action = () -> seen.add("called");
    Runnable undo = journal.watch(action);
    journal.watch(action);
    undo.run();
    undo.run();
    append(STDOUT, NOON, "a");
    assertEquals(List.of("called"), seen);
  }
}
