package dev.sluice.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.JournalLimitException.Limit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of an append. */
abstract class AppendContract extends JournalContract {
  private static final Ending DONE = new Ending(0, null);

  AppendContract(Kept kept) {
    super(kept);
  }

  private static void assertLimit(Limit limit, String number, Journal journal, Append append) {
    Offset tail = journal.tail();
    var e = assertThrows(JournalLimitException.class, () -> journal.append(append));
    assertEquals(limit, e.limit());
    assertTrue(e.getMessage().contains(number), e.getMessage());
    assertEquals(tail, journal.tail());
    assertNull(journal.ending());
  }

  @Test
  void it_is_answered_with_the_offset_after_it() throws Exception {
    Journal journal = newJournal();
    assertEquals(appended(3), journal.append(text("one")));
    assertEquals(appended(6), journal.append(text("two")));
    assertEquals(new Offset(6), journal.tail());
    assertEquals("onetwo", textOf(journal));
  }

  @Test
  void of_nothing_it_changes_nothing_and_is_answered_too() throws Exception {
    Journal journal = newJournal();
    assertEquals(appended(0), journal.append(text("")));
    journal.append(text("a"));
    assertEquals(appended(1), journal.append(text("")));
    assertEquals("a", textOf(journal));
  }

  @Test
  void its_kind_and_time_are_kept() throws Exception {
    Journal journal = newJournal();
    Instant time = Instant.ofEpochSecond(7, 123_456_789);
    journal.append(Append.of(Kind.STDERR, time, "-text-".getBytes(UTF_8), 1, 4));
    assertEquals(List.of("stderr 7123456 text"), Records.of(journal).shown());
  }

  @Test
  void with_an_expected_tail_it_happens_only_there() throws Exception {
    Journal journal = newJournal();
    assertEquals(appended(3), journal.append(text("one").withExpectedTail(Offset.ZERO)));
    AppendResult moved = new AppendResult.TailMoved(new Offset(3));
    assertEquals(moved, journal.append(text("two").withExpectedTail(Offset.ZERO)));
    assertEquals(moved, journal.append(text("two").withExpectedTail(new Offset(4))));
    assertEquals(moved, journal.append(text("").withExpectedTail(new Offset(2))));
    assertEquals(appended(6), journal.append(text("two").withExpectedTail(new Offset(3))));
    assertEquals("onetwo", textOf(journal));
  }

  @Test
  void bytes_and_the_end_come_together() throws Exception {
    Journal journal = newJournal();
    List<String> seen = new ArrayList<>();
    journal.watch(() -> seen.add(journal.tail().position() + " " + journal.ending()));
    Append last = text("last").withEnding(DONE);
    AppendResult moved = new AppendResult.TailMoved(Offset.ZERO);
    assertEquals(moved, journal.append(last.withExpectedTail(new Offset(1))));
    assertNull(journal.ending());
    assertEquals(appended(4), journal.append(last));
    assertEquals(List.of("4 " + DONE), seen);
    Instant closed = journal.closed();
    assertNotNull(closed);
    assertEquals(last.micros(), Micros.of(closed));
  }

  @Test
  void after_the_end_all_are_refused() throws Exception {
    Journal journal = newJournal();
    journal.append(text("a"));
    journal.close(DONE);
    AppendResult closed = new AppendResult.Closed(new Offset(1));
    assertEquals(closed, journal.append(text("b")));
    assertEquals(closed, journal.append(text("")));
    assertEquals(closed, journal.append(by("p", 0, 0, "b")));
    assertEquals(closed, journal.append(by("p", 0, 5, "b")), "closed comes before a gap");
    assertEquals(closed, journal.append(text("b").withExpectedTail(Offset.ZERO)));
    assertEquals(closed, journal.append(Append.close(Ending.PLAIN)));
    assertEquals(DONE, journal.ending());
    assertEquals("a", textOf(journal));
  }

  @Test
  void the_close_of_a_producer_may_be_sent_again_by_nobody_else() throws Exception {
    Journal journal = newJournal();
    journal.append(by("p", 2, 0, "a"));
    Append last = by("p", 2, 1, "b").withEnding(DONE);
    assertEquals(appended(2), journal.append(last));
    AppendResult closed = new AppendResult.Closed(new Offset(2));
    assertEquals(new AppendResult.Duplicate(new Offset(2), 1), journal.append(last));
    assertEquals(closed, journal.append(by("p", 2, 1, "b")), "which does not close");
    assertEquals(closed, journal.append(by("p", 2, 0, "a")));
    assertEquals(closed, journal.append(by("p", 2, 2, "c").withEnding(DONE)));
    assertEquals(closed, journal.append(by("p", 3, 0, "c").withEnding(DONE)));
    assertEquals(closed, journal.append(by("q", 2, 1, "b").withEnding(DONE)));
    assertEquals(closed, journal.append(text("b").withEnding(DONE)));
    assertEquals("ab", textOf(journal));
  }

  @Test
  void a_producer_appends_each_sequence_once_and_in_order() throws Exception {
    Journal journal = newJournal();
    assertEquals(appended(1), journal.append(by("p", 0, 0, "a")));
    assertEquals(new AppendResult.Duplicate(new Offset(1), 0), journal.append(by("p", 0, 0, "a")));
    assertEquals(appended(2), journal.append(by("p", 0, 1, "b")));
    assertEquals(appended(3), journal.append(by("p", 0, 2, "c")));
    AppendResult duplicate = new AppendResult.Duplicate(new Offset(3), 2);
    assertEquals(duplicate, journal.append(by("p", 0, 0, "a")));
    assertEquals(duplicate, journal.append(by("p", 0, 1, "b")));
    assertEquals(new AppendResult.SequenceGap(3, 4, false), journal.append(by("p", 0, 4, "e")));
    assertEquals(appended(4), journal.append(by("p", 0, 3, "d")));
    assertEquals("abcd", textOf(journal));
  }

  @Test
  void a_new_producer_and_a_new_epoch_begin_at_0() throws Exception {
    Journal journal = newJournal();
    assertEquals(new AppendResult.SequenceGap(0, 1, false), journal.append(by("p", 0, 1, "x")));
    assertEquals(appended(1), journal.append(by("p", 7, 0, "a")), "its first may be any epoch");
    assertEquals(new AppendResult.SequenceGap(0, 1, true), journal.append(by("p", 8, 1, "x")));
    assertEquals(appended(2), journal.append(by("p", 7, 1, "b")), "a refused epoch fences nobody");
    assertEquals(appended(3), journal.append(by("p", 8, 0, "c")));
    assertEquals("abc", textOf(journal));
  }

  @Test
  void an_epoch_that_is_over_is_refused() throws Exception {
    Journal journal = newJournal();
    journal.append(by("p", 3, 0, "a"));
    journal.append(by("p", 5, 0, "b"));
    AppendResult stale = new AppendResult.StaleEpoch(5);
    assertEquals(stale, journal.append(by("p", 3, 0, "a")));
    assertEquals(stale, journal.append(by("p", 3, 1, "x")));
    assertEquals(stale, journal.append(by("p", 4, 0, "x")));
    assertEquals("ab", textOf(journal));
  }

  @Test
  void producers_do_not_know_of_each_other() throws Exception {
    Journal journal = newJournal();
    assertEquals(appended(1), journal.append(by("p", 9, 0, "a")));
    assertEquals(appended(2), journal.append(by("q", 0, 0, "b")));
    assertEquals(appended(3), journal.append(by("é", 0, 0, "c")));
    assertEquals(appended(4), journal.append(by("p", 9, 1, "d")));
    assertEquals("abcd", textOf(journal));
  }

  @Test
  void the_largest_epoch_and_sequence_are_numbers_like_others() throws Exception {
    long max = ProducerSequence.NUMBER_MAX;
    Journal journal = newJournal();
    assertEquals(appended(1), journal.append(by("p", max, 0, "a")));
    assertEquals(
        new AppendResult.SequenceGap(1, max, false), journal.append(by("p", max, max, "x")));
    assertEquals(new AppendResult.StaleEpoch(max), journal.append(by("p", max - 1, max, "x")));
  }

  @Test
  void one_that_was_there_already_is_so_wherever_the_tail_is() throws Exception {
    Journal journal = newJournal();
    Append first = by("p", 0, 0, "a").withExpectedTail(Offset.ZERO);
    assertEquals(appended(1), journal.append(first));
    assertEquals(new AppendResult.Duplicate(new Offset(1), 0), journal.append(first));
  }

  @Test
  void one_that_is_refused_for_its_tail_does_not_count_for_its_producer() throws Exception {
    Journal journal = newJournal();
    Append first = by("p", 0, 0, "a");
    AppendResult moved = new AppendResult.TailMoved(Offset.ZERO);
    assertEquals(moved, journal.append(first.withExpectedTail(new Offset(1))));
    assertEquals(appended(1), journal.append(first.withExpectedTail(Offset.ZERO)));
  }

  @Test
  void a_record_has_a_limit() throws Exception {
    Journal journal = newJournal(JournalLimits.defaults().withRecordBytesMax(4));
    assertLimit(Limit.RECORD_BYTES, "5 bytes: 4", journal, by("p", 0, 0, "12345"));
    assertEquals(appended(4), journal.append(by("p", 0, 0, "1234")));
  }

  @Test
  void a_journal_has_a_limit() throws Exception {
    Journal journal = newJournal(JournalLimits.defaults().withJournalBytesMax(6));
    assertEquals(appended(4), journal.append(by("p", 0, 0, "1234")));
    assertLimit(Limit.JOURNAL_BYTES, "6 bytes", journal, by("p", 0, 1, "567").withEnding(DONE));
    assertEquals(appended(6), journal.append(by("p", 0, 1, "56").withEnding(DONE)));
  }

  @Test
  void a_journal_that_drops_its_oldest_bytes_is_never_full() throws Exception {
    JournalStore store = newStore(JournalLimits.defaults().withJournalBytesMax(6));
    JournalOptions options = JournalOptions.defaults().withRetention(Retention.ofBytes(5));
    Journal journal = store.open("test", options).journal();
    assertEquals(appended(4), journal.append(text("1234")));
    assertEquals(appended(8), journal.append(text("5678")));
  }

  @Test
  void producers_have_a_limit_which_those_that_are_known_do_not_meet() throws Exception {
    Journal journal = newJournal(JournalLimits.defaults().withProducersMax(2));
    journal.append(by("p", 0, 0, "a"));
    journal.append(by("q", 0, 0, "b"));
    assertLimit(Limit.PRODUCERS, "2 producers", journal, by("r", 0, 0, "x"));
    assertEquals(appended(3), journal.append(by("p", 0, 1, "c")));
    assertEquals(appended(4), journal.append(by("q", 1, 0, "d")));
    assertEquals(appended(5), journal.append(text("e")));
  }

  @Test
  void an_interrupt_neither_ends_it_nor_is_lost() throws Exception {
    Journal journal = newJournal();
    Thread.currentThread().interrupt();
    AppendResult result = journal.append(text("a"));
    assertTrue(Thread.interrupted());
    assertEquals(appended(1), result);
    assertEquals("a", textOf(journal));
  }

  @Test
  void to_a_deleted_journal_it_is_refused() throws Exception {
    JournalStore store = newStore();
    Journal journal = store.open("test", JournalOptions.defaults()).journal();
    journal.append(text("a"));
    store.delete(journal);
    assertEquals(new AppendResult.Deleted(), journal.append(text("b")));
    assertEquals(new AppendResult.Deleted(), journal.append(Append.close(DONE)));
    assertThrows(IllegalStateException.class, () -> journal.close(DONE));
    assertEquals(new Offset(1), journal.tail());
    assertNull(journal.ending());
  }
}
