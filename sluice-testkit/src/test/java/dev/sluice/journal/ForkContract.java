package dev.sluice.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Journals that begin with what another one holds. */
abstract class ForkContract extends JournalContract {
  private static final JournalOptions PLAIN = JournalOptions.defaults();

  ForkContract(Kept kept) {
    super(kept);
  }

  private static Journal fork(JournalStore store, String name, Journal source, long at)
      throws Exception {
    return store.fork(name, source, new Offset(at), PLAIN).journal();
  }

  private static void append(Journal journal, Kind kind, long second, String text)
      throws Exception {
    byte[] bytes = text.getBytes(US_ASCII);
    journal.append(kind, Instant.ofEpochSecond(second), bytes, 0, bytes.length);
  }

  @Test
  void it_begins_with_the_bytes_kinds_and_times_of_its_source() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    append(source, Kind.STDOUT, 1, "one");
    append(source, Kind.STDERR, 2, "two");
    append(source, Kind.STDOUT, 3, "three");
    Journal fork = fork(store, "fork", source, 5);
    assertEquals("fork", fork.name());
    assertEquals(Offset.ZERO, fork.start());
    assertEquals(new Offset(5), fork.tail());
    assertEquals(List.of("stdout 1000000 one", "stderr 2000000 tw"), Records.of(fork).shown());
  }

  @Test
  void what_comes_later_to_the_one_is_not_in_the_other() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    source.append(text("shared"));
    Journal fork = fork(store, "fork", source, 6);
    source.append(text(" source"));
    fork.append(text(" fork"));
    source.append(text(" more"));
    source.close(Ending.PLAIN);
    assertEquals("shared source more", textOf(source));
    assertEquals("shared fork", textOf(fork));
    assertNull(fork.ending());
  }

  @Test
  void of_a_closed_one_it_is_open() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    source.append(text("a"));
    source.close(new Ending(1, null));
    Journal fork = fork(store, "fork", source, 1);
    assertNull(fork.ending());
    assertNull(fork.closed());
    assertEquals(appended(2), fork.append(text("b")));
  }

  @Test
  void it_knows_no_producers() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    source.append(by("p", 4, 0, "a"));
    Journal fork = fork(store, "fork", source, 1);
    assertEquals(appended(2), fork.append(by("p", 0, 0, "b")));
    assertEquals(appended(2), source.append(by("p", 4, 1, "c")));
  }

  @Test
  void nothing_can_be_forked_too() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    source.append(text("a"));
    Journal fork = fork(store, "fork", source, 0);
    assertEquals(Offset.ZERO, fork.tail());
    fork.append(text("b"));
    assertEquals("b", textOf(fork));
  }

  @Test
  void past_the_tail_there_is_none() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    source.append(text("abc"));
    var e = assertThrows(IllegalArgumentException.class, () -> fork(store, "fork", source, 4));
    assertTrue(e.getMessage().contains("a fork of source"), e.getMessage());
    assertNull(store.find("fork"));
  }

  @Test
  void it_tells_where_it_has_come_from() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("a/source", PLAIN).journal();
    source.append(text("abc"));
    Journal fork = fork(store, "fork", source, 2);
    Journal second = fork(store, "second", fork, 1);
    assertNull(source.origin());
    assertEquals(new Origin("a/source", source.id(), new Offset(2)), fork.origin());
    assertEquals(new Origin("fork", fork.id(), new Offset(1)), second.origin());
    store.delete(source);
    assertEquals(new Origin("a/source", source.id(), new Offset(2)), fork.origin());
  }

  @Test
  void its_first_append_comes_with_it() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    source.append(by("p", 3, 0, "abc"));
    Append first = by("p", 7, 0, "XY").withExpectedTail(new Offset(2)).withEnding(Ending.PLAIN);
    var opened = store.fork("fork", source, new Offset(2), PLAIN, first.withWriterSequence("1"));
    assertTrue(opened.created());
    Journal fork = opened.journal();
    assertEquals("abXY", textOf(fork));
    assertEquals(Ending.PLAIN, fork.ending());
    assertEquals(new AppendResult.Duplicate(new Offset(4), 0), fork.append(first));
    assertEquals(appended(4), source.append(text("d")));
    Append late = text("late");
    assertFalse(store.fork("fork", source, new Offset(2), PLAIN, late).created());
    assertEquals("abXY", textOf(fork));
  }

  @Test
  void with_a_first_append_that_cannot_be_one_there_is_none() throws Exception {
    JournalStore store = newStore(JournalLimits.defaults().withRecordBytesMax(4));
    Journal source = store.open("source", PLAIN).journal();
    source.append(text("abc"));
    Offset at = new Offset(2);
    assertThrows(
        JournalLimitException.class, () -> store.fork("fork", source, at, PLAIN, text("12345")));
    Append elsewhere = text("x").withExpectedTail(new Offset(3));
    assertThrows(
        IllegalArgumentException.class, () -> store.fork("fork", source, at, PLAIN, elsewhere));
    assertNull(store.find("fork"));
    assertEquals(List.of("source"), store.names());
    store.delete(source);
    assertFalse(store.isGone("source"));
  }

  @Test
  void records_of_any_size_are_in_it() throws Exception {
    JournalStore store = newStore(JournalLimits.defaults().withRecordBytesMax(4));
    Journal source = store.open("source", PLAIN).journal();
    for (int i = 0; i < 3; i++) {
      append(source, Kind.STDOUT, 1, "1234"); // they may have become one
    }
    assertEquals("1234123412", textOf(fork(store, "fork", source, 10)));
  }

  @Test
  void what_its_source_does_not_keep_it_has_not_either() throws Exception {
    JournalStore store = newStore();
    var options = PLAIN.withRetention(Retention.ofBytes(1_000_000));
    Journal source = store.open("source", options).journal();
    byte[] bytes = JournalTest.pattern(6_000_000);
    for (int from = 0; from < bytes.length; from += 100_000) {
      source.append(Append.of(Kind.STDOUT, Instant.now(), bytes, from, 100_000));
    }
    Journal fork = fork(store, "fork", source, 5_900_000);
    int start = (int) source.start().position();
    assertEquals(source.start(), fork.start());
    assertArrayEquals(Arrays.copyOfRange(bytes, start, 5_900_000), Records.of(fork).bytes());
    Journal empty = fork(store, "empty", source, start);
    assertEquals(appended(start + 1), empty.append(text("x")));
    assertEquals("x", Records.of(empty, start, start + 1).text());
    if (start > 0) {
      assertThrows(IllegalArgumentException.class, () -> fork(store, "early", source, start - 1));
    }
  }

  @Test
  void many_are_made_while_others_append() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    byte[] bytes = JournalTest.pattern(400_000);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Journal>> forks = new ArrayList<>();
      for (int from = 0; from < bytes.length; from += 20_000) {
        source.append(Append.of(Kind.STDOUT, Instant.now(), bytes, from, 20_000));
        String name = "fork-" + from;
        forks.add(threads.submit(() -> fork(store, name, source, source.tail().position())));
      }
      for (Future<Journal> fork : forks) {
        Journal made = fork.get();
        int end = (int) made.tail().position();
        assertArrayEquals(Arrays.copyOf(bytes, end), Records.of(made).bytes(), made.name());
      }
    }
  }

  @Test
  void a_name_that_is_taken_is_found() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    Journal other = store.open("fork", PLAIN).journal();
    source.append(text("abc"));
    JournalStore.Opened found = store.fork("fork", source, new Offset(3), PLAIN);
    assertFalse(found.created());
    assertSame(other, found.journal());
    assertEquals(Offset.ZERO, other.tail());
  }

  @Test
  void it_outlives_its_source() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", PLAIN).journal();
    byte[] bytes = JournalTest.pattern(700_000);
    source.append(Append.of(bytes));
    Journal fork = fork(store, "fork", source, 600_000);
    store.delete(source);
    fork.append(text("more"));
    byte[] expected = Arrays.copyOf(bytes, 600_000);
    assertArrayEquals(expected, Records.of(fork, 0, 600_000).bytes());
    assertEquals("more", Records.of(fork, 600_000, 600_004).text());
  }

  /** The number is the seed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void forks_of_forks_are_what_their_model_is(long seed) throws Exception {
    var random = new Random(seed);
    JournalStore store = newStore();
    Journal[] journals = new Journal[6];
    byte[][] models = new byte[journals.length][0];
    journals[0] = store.open("0", PLAIN).journal();
    for (int made = 1; made <= journals.length; made++) {
      for (int i = 0; i < made; i++) {
        models[i] = append(journals[i], models[i], random);
      }
      if (made < journals.length) {
        int source = random.nextInt(made);
        int at = random.nextInt(models[source].length + 1);
        journals[made] = fork(store, "" + made, journals[source], at);
        models[made] = Arrays.copyOf(models[source], at);
      }
    }
    for (int i = 0; i < journals.length; i++) {
      assertArrayEquals(models[i], Records.of(journals[i]).bytes(), "journal " + i);
    }
  }

  private static byte[] append(Journal journal, byte[] model, Random random) throws Exception {
    byte[] more = new byte[random.nextInt(400_000)];
    random.nextBytes(more);
    journal.append(Append.of(more));
    byte[] longer = Arrays.copyOf(model, model.length + more.length);
    System.arraycopy(more, 0, longer, model.length, more.length);
    return longer;
  }
}
