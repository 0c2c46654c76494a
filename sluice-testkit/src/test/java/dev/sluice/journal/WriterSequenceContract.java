package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a writer's sequence does for an append: the journal has one, whoever writes. */
abstract class WriterSequenceContract extends JournalContract {
  WriterSequenceContract(Kept kept) {
    super(kept);
  }

  private static Append at(String sequence, String text) {
    return text(text).withWriterSequence(sequence);
  }

  private static AppendResult behind(String last) {
    return new AppendResult.SequenceRegression(last);
  }

  @Test
  void it_must_be_above_the_last_one() throws Exception {
    Journal journal = newJournal();
    assertEquals(appended(1), journal.append(at("2", "a")));
    assertEquals(behind("2"), journal.append(at("2", "x")));
    assertEquals(behind("2"), journal.append(at("1", "x")));
    assertEquals(appended(2), journal.append(at("3", "b")));
    assertEquals(behind("3"), journal.append(at("2", "x")));
    assertEquals("ab", textOf(journal));
  }

  @Test
  void it_is_compared_as_text_not_as_a_number() throws Exception {
    Journal journal = newJournal();
    assertEquals(appended(1), journal.append(at("2", "a")));
    assertEquals(behind("2"), journal.append(at("10", "x")));
    assertEquals(appended(2), journal.append(at("20", "b")));
    assertEquals(appended(3), journal.append(at("20 ", "c")));
    assertEquals(behind("20 "), journal.append(at("2", "x")));
    assertEquals(appended(4), journal.append(at("Z", "d")));
    assertEquals(appended(5), journal.append(at("a", "e")));
    assertEquals(behind("a"), journal.append(at("Zz", "x")));
    assertEquals(appended(6), journal.append(at("~".repeat(255), "f")));
    assertEquals("abcdef", textOf(journal));
  }

  @Test
  void appends_without_one_neither_ask_for_it_nor_change_it() throws Exception {
    Journal journal = newJournal();
    journal.append(text("a"));
    assertEquals(appended(2), journal.append(at("5", "b")));
    assertEquals(appended(3), journal.append(text("c")));
    assertEquals(behind("5"), journal.append(at("5", "x")));
    assertEquals(appended(4), journal.append(at("6", "d")));
  }

  @Test
  void producers_share_it() throws Exception {
    Journal journal = newJournal();
    assertEquals(appended(1), journal.append(by("p", 0, 0, "a").withWriterSequence("5")));
    assertEquals(behind("5"), journal.append(by("q", 0, 0, "x").withWriterSequence("4")));
    assertEquals(appended(2), journal.append(by("q", 0, 0, "b").withWriterSequence("6")));
  }

  @Test
  void what_a_producer_repeats_is_a_duplicate_whatever_it_says() throws Exception {
    Journal journal = newJournal();
    Append first = by("p", 1, 0, "a").withWriterSequence("5");
    assertEquals(appended(1), journal.append(first));
    AppendResult duplicate = new AppendResult.Duplicate(new Offset(1), 0);
    assertEquals(duplicate, journal.append(first));
    assertEquals(duplicate, journal.append(first.withWriterSequence("9")));
    assertEquals(new AppendResult.StaleEpoch(1), journal.append(at("1", "x").withProducer(old())));
    assertEquals(
        new AppendResult.SequenceGap(1, 2, false),
        journal.append(by("p", 1, 2, "x").withWriterSequence("1")));
    assertEquals(appended(2), journal.append(at("6", "b")), "a refused one does not count");
  }

  private static ProducerSequence old() {
    return new ProducerSequence("p", 0, 0);
  }

  @Test
  void closed_comes_before_it_and_the_expected_tail_behind_it() throws Exception {
    Journal journal = newJournal();
    journal.append(at("5", "a"));
    assertEquals(behind("5"), journal.append(at("5", "x").withExpectedTail(Offset.ZERO)));
    AppendResult moved = new AppendResult.TailMoved(new Offset(1));
    assertEquals(moved, journal.append(at("6", "x").withExpectedTail(Offset.ZERO)));
    assertEquals(behind("5"), journal.append(at("5", "").withEnding(Ending.PLAIN)));
    assertNull(journal.ending());
    assertEquals(appended(2), journal.append(at("6", "b").withEnding(Ending.PLAIN)));
    AppendResult closed = new AppendResult.Closed(new Offset(2));
    assertEquals(closed, journal.append(at("5", "x")));
    assertEquals(closed, journal.append(at("7", "x")));
  }

  @Test
  void an_append_that_exceeds_a_limit_does_not_count() throws Exception {
    Journal journal = newJournal(JournalLimits.defaults().withRecordBytesMax(2));
    assertThrows(JournalLimitException.class, () -> journal.append(at("5", "abc")));
    assertEquals(appended(1), journal.append(at("1", "a")));
  }

  @Test
  void a_fork_and_a_new_journal_of_an_old_name_know_none() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", JournalOptions.defaults()).journal();
    source.append(at("5", "a"));
    JournalOptions options = JournalOptions.defaults();
    Journal fork = store.fork("fork", source, source.tail(), options).journal();
    assertEquals(appended(2), fork.append(at("1", "b")));
    assertEquals(behind("5"), source.append(at("1", "b")));
    store.delete(fork);
    Journal other = store.open("fork", options, at("1", "c")).journal();
    assertEquals(behind("1"), other.append(at("1", "x")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\n", "\0", "ä", "\u007f"})
  void what_is_not_printable_is_refused(String sequence) {
    assertThrows(IllegalArgumentException.class, () -> at(sequence, "x"));
    assertThrows(IllegalArgumentException.class, () -> at("x".repeat(256), "x"));
  }
}
