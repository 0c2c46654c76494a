package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store does with its journals as a whole. */
abstract class StoreContract extends JournalContract {
  private static final JournalOptions PLAIN = JournalOptions.defaults();
  private static final Expiry AT_ONCE = new Expiry.Unused(Duration.ZERO);

  StoreContract(Kept kept) {
    super(kept);
  }

  private static Journal open(JournalStore store, String name) throws Exception {
    return store.open(name, PLAIN).journal();
  }

  @Test
  void a_new_one_is_empty() throws Exception {
    JournalStore store = newStore();
    assertEquals(List.of(), store.names());
    assertNull(store.find("test"));
  }

  @Test
  void a_journal_is_created_once_and_then_found() throws Exception {
    JournalStore store = newStore();
    JournalOptions options =
        PLAIN
            .withContentType("text/x-test")
            .withDurable(false)
            .withRetention(new Retention(1000, Duration.ofDays(1)))
            .withExpiry(new Expiry.Unused(Duration.ofDays(2)));
    JournalStore.Opened created = store.open("a/b", options);
    assertTrue(created.created());
    assertEquals("a/b", created.journal().name());
    assertEquals(options, created.journal().options());
    JournalStore.Opened found = store.open("a/b", PLAIN);
    assertFalse(found.created());
    assertSame(created.journal(), found.journal());
    assertEquals(options, found.journal().options(), "those it was created with");
    assertSame(created.journal(), store.find("a/b"));
    assertNull(store.find("a"));
  }

  @Test
  void it_was_created_when_it_was_opened_first() throws Exception {
    Instant before = Instant.now();
    Instant opened = newJournal().opened();
    assertFalse(opened.isBefore(before), opened.toString());
    assertFalse(opened.isAfter(Instant.now()), opened.toString());
  }

  @Test
  void names_are_sorted() throws Exception {
    JournalStore store = newStore();
    for (String name : List.of("b", "a/z", "c", "a", "B")) {
      open(store, name);
    }
    assertEquals(List.of("B", "a", "a/z", "b", "c"), store.names());
  }

  @Test
  void a_name_and_a_longer_one_are_two_journals() throws Exception {
    JournalStore store = newStore();
    open(store, "a").append(text("short"));
    open(store, "a/b").append(text("long"));
    assertTrue(store.delete(open(store, "a")));
    assertEquals("long", textOf(open(store, "a/b")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "../a", "a/../b", "/etc/passwd", "a//b", "a%2fb", "-x", "a\0", "ä"})
  void what_cannot_be_a_name_is_not_found_and_not_created(String name) throws Exception {
    JournalStore store = newStore();
    assertNull(store.find(name));
    assertThrows(IllegalArgumentException.class, () -> store.open(name, PLAIN));
    Journal source = open(store, "source");
    assertThrows(
        IllegalArgumentException.class, () -> store.fork(name, source, Offset.ZERO, PLAIN));
    assertNull(store.find("a".repeat(10_000)));
    assertThrows(IllegalArgumentException.class, () -> store.open("a".repeat(10_000), PLAIN));
    assertEquals(List.of("source"), store.names());
  }

  @Test
  void a_deleted_journal_is_gone_and_its_name_is_free() throws Exception {
    JournalStore store = newStore();
    Journal journal = open(store, "test");
    journal.append(text("old"));
    List<Boolean> seen = new ArrayList<>();
    journal.watch(() -> seen.add(journal.deleted()));
    assertFalse(journal.deleted());
    assertTrue(store.delete(journal));
    assertEquals(List.of(true), seen);
    assertNull(journal.ending(), "it has not ended");
    assertNull(store.find("test"));
    assertEquals(List.of(), store.names());

    Journal other = open(store, "test");
    assertNotSame(journal, other);
    assertNotEquals(journal.id(), other.id());
    assertEquals(Offset.ZERO, other.tail());
    assertFalse(store.delete(journal), "a second time");
    assertSame(other, store.find("test"));
    assertEquals(appended(3), other.append(text("new")));
    assertEquals("new", textOf(other));
  }

  @Test
  void a_new_journal_of_an_old_name_knows_none_of_its_producers() throws Exception {
    JournalStore store = newStore();
    Journal journal = open(store, "test");
    journal.append(by("p", 3, 0, "a"));
    store.delete(journal);
    assertEquals(appended(1), open(store, "test").append(by("p", 0, 0, "b")));
  }

  @Test
  void a_closed_journal_stays_and_can_be_deleted() throws Exception {
    JournalStore store = newStore();
    Journal journal = open(store, "test");
    journal.close(Ending.PLAIN);
    assertSame(journal, store.find("test"));
    assertTrue(store.delete(journal));
    assertTrue(journal.deleted());
    assertEquals(Ending.PLAIN, journal.ending());
  }

  @Test
  void journals_have_a_limit_and_a_deleted_one_makes_room() throws Exception {
    JournalStore store = newStore(JournalLimits.defaults().withJournalsMax(2));
    Journal first = open(store, "a");
    open(store, "b");
    var e = assertThrows(JournalLimitException.class, () -> open(store, "c"));
    assertEquals(JournalLimitException.Limit.JOURNALS, e.limit());
    assertTrue(e.getMessage().contains("journal c"), e.getMessage());
    assertThrows(JournalLimitException.class, () -> store.fork("c", first, Offset.ZERO, PLAIN));
    assertSame(first, open(store, "a"), "one that is there");
    assertEquals(List.of("a", "b"), store.names());
    store.delete(first);
    open(store, "c");
    assertEquals(List.of("b", "c"), store.names());
  }

  @Test
  void one_that_nobody_uses_expires() throws Exception {
    JournalStore store = newStore();
    Journal journal = store.open("test", PLAIN.withExpiry(AT_ONCE)).journal();
    journal.append(text("old"));
    assertNull(store.find("test"));
    assertTrue(journal.deleted());
    assertEquals(new AppendResult.Deleted(), journal.append(text("late")));
    assertTrue(store.open("test", PLAIN).created());
  }

  @Test
  void one_that_is_watched_does_not() throws Exception {
    JournalStore store = newStore();
    Journal journal = store.open("test", PLAIN.withExpiry(AT_ONCE)).journal();
    Runnable undo = journal.watch(() -> {});
    assertSame(journal, store.find("test"));
    assertFalse(journal.deleted());
    undo.run();
    assertNull(store.find("test"));
    assertTrue(journal.deleted());
  }

  @Test
  void its_time_runs_from_when_it_was_used_last() throws Exception {
    JournalStore store = newStore();
    Duration time = Duration.ofHours(1);
    Journal journal = store.open("test", PLAIN.withExpiry(new Expiry.Unused(time))).journal();
    while (journal.unused().compareTo(Duration.ofMillis(2)) < 0) {
      Thread.onSpinWait();
    }
    long before = System.nanoTime();
    journal.append(text("a"));
    assertTrue(journal.unused().compareTo(Duration.ofNanos(System.nanoTime() - before)) <= 0);
    assertSame(journal, store.find("test"));
  }

  @Test
  void one_that_expires_at_a_time_does_so_whoever_watches() throws Exception {
    JournalStore store = newStore();
    Instant past = Instant.now().minusSeconds(1);
    Instant future = Instant.now().plusSeconds(3600);
    Journal late = store.open("late", PLAIN.withExpiry(new Expiry.At(future))).journal();
    Journal over = store.open("over", PLAIN.withExpiry(new Expiry.At(past))).journal();
    over.watch(() -> {});
    assertNull(store.find("over"));
    assertTrue(over.deleted());
    assertSame(late, store.find("late"));
  }

  @Test
  void one_that_has_expired_is_not_in_the_way_of_others() throws Exception {
    JournalStore store = newStore(JournalLimits.defaults().withJournalsMax(1));
    var past = new Expiry.At(Instant.now().minusSeconds(1));
    store.open("old", PLAIN.withExpiry(past));
    assertTrue(store.open("new", PLAIN).created());
    assertEquals(List.of("new"), store.names());
  }

  @Test
  void limits_are_those_it_was_opened_with() throws Exception {
    JournalLimits limits = JournalLimits.defaults().withJournalsMax(7).withProducersMax(3);
    assertEquals(limits, newStore(limits).limits());
  }
}
