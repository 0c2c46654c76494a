package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Journals that are deleted before those that descend from them. */
abstract class GoneContract extends JournalContract {
  private static final JournalOptions PLAIN = JournalOptions.defaults();
  private static final JournalOptions OVER =
      PLAIN.withExpiry(new Expiry.Unused(Duration.ZERO)); // as soon as somebody looks

  GoneContract(Kept kept) {
    super(kept);
  }

  private static Journal open(JournalStore store, String name, String text) throws Exception {
    return store.open(name, PLAIN, text(text)).journal();
  }

  private static Journal fork(JournalStore store, String name, Journal source) throws Exception {
    return fork(store, name, source, PLAIN);
  }

  private static Journal fork(
      JournalStore store, String name, Journal source, JournalOptions options) throws Exception {
    var opened = store.fork(name, source, source.tail(), options);
    assertTrue(opened.created());
    return opened.journal();
  }

  private static void assertGone(JournalStore store, String... names) throws Exception {
    for (String name : names) {
      assertNull(store.find(name), name);
      assertTrue(store.isGone(name), name);
      assertFalse(store.names().contains(name), name);
    }
  }

  private static void assertFree(JournalStore store, String... names) throws Exception {
    for (String name : names) {
      assertNull(store.find(name), name);
      assertFalse(store.isGone(name), name);
      assertTrue(store.delete(open(store, name, "new")), name);
    }
  }

  @Test
  void one_with_a_fork_is_gone_and_its_name_is_not_free() throws Exception {
    JournalStore store = newStore();
    Journal source = open(store, "source", "abc");
    Journal fork = fork(store, "fork", source);
    assertTrue(store.delete(source));
    assertTrue(source.deleted());
    assertGone(store, "source");
    var e = assertThrows(JournalGoneException.class, () -> store.open("source", PLAIN));
    assertTrue(e.getMessage().contains("journal source"), e.getMessage());
    Offset none = Offset.ZERO;
    assertThrows(JournalGoneException.class, () -> store.fork("source", fork, none, PLAIN));
    assertThrows(JournalGoneException.class, () -> store.fork("other", source, none, PLAIN));
    assertFalse(store.delete(source), "a second time");
    assertEquals(new AppendResult.Deleted(), source.append(text("x")));
    assertEquals(List.of("fork"), store.names());
    assertSame(fork, store.find("fork"));
    assertEquals(appended(4), fork.append(text("d")));
    assertEquals("abcd", textOf(fork));
  }

  @Test
  void its_name_is_free_when_the_last_fork_is_deleted() throws Exception {
    JournalStore store = newStore();
    Journal source = open(store, "source", "abc");
    Journal first = fork(store, "first", source);
    Journal second = fork(store, "second", source);
    store.delete(source);
    store.delete(second);
    assertGone(store, "source");
    store.delete(first);
    assertFalse(store.isGone("source"));
    Journal other = open(store, "source", "new");
    assertNotEquals(source.id(), other.id());
    assertEquals("new", textOf(other));
    assertFalse(store.isGone("source"));
    assertFree(store, "first", "second");
  }

  @Test
  void what_is_there_or_never_was_or_has_no_forks_any_more_is_not_gone() throws Exception {
    JournalStore store = newStore();
    Journal source = open(store, "source", "abc");
    Journal fork = fork(store, "fork", source);
    for (String name : List.of("source", "fork", "none", "", "..", "a//b", "x".repeat(9999))) {
      assertFalse(store.isGone(name), name);
    }
    store.delete(fork);
    assertFree(store, "fork");
    assertSame(source, store.find("source"));
    store.delete(source);
    assertFree(store, "source");
  }

  @Test
  void a_line_of_descent_is_held_by_its_last() throws Exception {
    JournalStore store = newStore();
    Journal a = open(store, "a", "A");
    Journal b = fork(store, "b", a);
    b.append(text("B"));
    Journal c = fork(store, "c", b);
    c.append(text("C"));
    store.delete(b);
    assertGone(store, "b");
    assertSame(a, store.find("a"));
    store.delete(a);
    assertGone(store, "a", "b");
    assertEquals("ABC", textOf(c));
    store.delete(c);
    assertFree(store, "a", "b", "c");
  }

  @Test
  void a_fork_that_failed_holds_nothing() throws Exception {
    JournalStore store = newStore(JournalLimits.defaults().withRecordBytesMax(3));
    Journal source = open(store, "source", "abc");
    Offset tail = source.tail();
    assertThrows(
        JournalLimitException.class, () -> store.fork("f", source, tail, PLAIN, text("1234")));
    assertThrows(
        IllegalArgumentException.class, () -> store.fork("f", source, new Offset(9), PLAIN));
    store.delete(source);
    assertFree(store, "source", "f");
  }

  @Test
  void one_that_has_expired_is_gone_too() throws Exception {
    JournalStore store = newStore();
    Journal source = store.open("source", OVER, text("abc")).journal();
    Runnable undo = source.watch(() -> {});
    Journal fork = fork(store, "fork", source);
    assertFalse(store.isGone("source"));
    undo.run();
    assertGone(store, "source");
    assertEquals("abc", textOf(fork));
    store.delete(fork);
    assertFree(store, "source");
  }

  @Test
  void a_fork_that_has_expired_holds_nothing() throws Exception {
    JournalStore store = newStore();
    Journal source = open(store, "source", "abc");
    Journal watched = fork(store, "watched", source, OVER);
    Runnable undo = watched.watch(() -> {});
    fork(store, "fork", source, OVER);
    store.delete(source);
    assertGone(store, "source");
    undo.run();
    assertFree(store, "source", "fork", "watched");
  }

  @Test
  void one_that_expires_in_the_middle_is_gone_if_others_descend_from_it() throws Exception {
    JournalStore store = newStore();
    Journal a = open(store, "a", "A");
    Journal b = fork(store, "b", a, OVER);
    Runnable undo = b.watch(() -> {});
    Journal c = fork(store, "c", b);
    undo.run();
    store.delete(a);
    assertGone(store, "a", "b");
    assertTrue(b.deleted());
    store.delete(c);
    assertFree(store, "a", "b", "c");
  }

  @Test
  void another_journal_of_a_forks_name_holds_nothing() throws Exception {
    JournalStore store = newStore();
    Journal source = open(store, "source", "abc");
    store.delete(fork(store, "fork", source));
    Journal other = open(store, "fork", "other");
    store.delete(source);
    assertFree(store, "source");
    Journal again = fork(store, "source", other);
    store.delete(other);
    assertGone(store, "fork");
    store.delete(again);
    assertFree(store, "fork", "source");
  }

  @Test
  void those_that_are_gone_count_as_long_as_they_are() throws Exception {
    JournalStore store = newStore(JournalLimits.defaults().withJournalsMax(2));
    Journal source = open(store, "a", "abc");
    Journal fork = fork(store, "b", source);
    store.delete(source);
    assertThrows(JournalLimitException.class, () -> store.open("c", PLAIN));
    store.delete(fork);
    open(store, "c", "1");
    open(store, "d", "2");
    assertEquals(List.of("c", "d"), store.names());
  }

  @Test
  void forks_may_be_many_and_go_in_any_order() throws Exception {
    var random = new Random(1);
    JournalStore store = newStore();
    List<Journal> journals = new ArrayList<>(List.of(open(store, "0", "abc")));
    for (int i = 1; i < 60; i++) {
      Journal source = journals.get(random.nextInt(Math.min(10, journals.size())));
      journals.add(fork(store, "" + i, source));
    }
    Journal last = journals.removeLast();
    Collections.shuffle(journals, random);
    for (Journal journal : journals) {
      store.delete(journal);
    }
    for (Origin at = last.origin(); at != null; ) {
      assertGone(store, at.name());
      String id = at.id();
      at = journals.stream().filter(one -> one.id().equals(id)).findAny().orElseThrow().origin();
    }
    store.delete(last);
    for (int i = 0; i < 60; i++) {
      assertFalse(store.isGone("" + i));
    }
  }

  @Test
  void one_that_is_forked_and_deleted_at_the_same_time_is_either() throws Exception {
    JournalStore store = newStore();
    for (int round = 0; round < 20; round++) {
      Journal source = open(store, "source", "abc");
      List<Journal> made = forksWhileDeleted(store, source);
      assertEquals(!made.isEmpty(), store.isGone("source"));
      for (Journal fork : made) {
        assertTrue(store.isGone("source"));
        assertEquals("abc", textOf(fork));
        store.delete(fork);
      }
      assertFree(store, "source");
    }
  }

  private static List<Journal> forksWhileDeleted(JournalStore store, Journal source)
      throws Exception {
    List<Journal> made = Collections.synchronizedList(new ArrayList<>());
    var begin = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String name = "fork-" + i;
        all.add(
            threads.submit(() -> {
              begin.await();
              try {
                made.add(fork(store, name, source));
              } catch (JournalGoneException e) {
                assertTrue(e.getMessage().contains("deleted"), e.getMessage());
              }
              return null;
            }));
      }
      all.add(
          threads.submit(() -> {
            begin.await();
            return store.delete(source);
          }));
      begin.countDown();
      for (Future<?> one : all) {
        one.get();
      }
    }
    return made;
  }
}
