package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JournalsTest {
  private final Journal a = new Journal("a", 1);
  private final Journal b = new Journal("b/c", 1);

  @Test
  void journals_are_found_by_name_and_listed_in_its_order() {
    var journals = new Journals(2).add(b).add(a);
    assertSame(a, journals.get("a"));
    assertSame(b, journals.get("b/c"));
    assertNull(journals.get("b"));
    assertEquals(List.of(a, b), journals.all());
  }

  @Test
  void there_are_so_many_at_most() {
    var journals = new Journals(1).add(a);
    var e = assertThrows(IllegalStateException.class, () -> journals.add(b));
    assertEquals("journal b/c is one too many: there are 1", e.getMessage());
    assertTrue(journals.remove(a));
    assertSame(b, journals.add(b).get("b/c"));
    assertThrows(IllegalArgumentException.class, () -> new Journals(0));
  }

  @Test
  void a_name_is_checked_and_taken_once() {
    var journals = new Journals(9).add(a);
    var again = new Journal("a", 1);
    assertThrows(IllegalStateException.class, () -> journals.add(again));
    assertFalse(journals.remove(again));
    assertThrows(IllegalArgumentException.class, () -> journals.add(new Journal("-/x", 1)));
  }

  @Test
  void a_lifetime_ends_when_the_journal_is_closed() {
    Instant before = Instant.now();
    Lifetime lifetime = Lifetime.of(a);
    a.close(Ending.PLAIN);
    Instant after = Instant.now();
    Instant closed = lifetime.closed();
    assertFalse(lifetime.opened().isBefore(before));
    assertFalse(closed.isBefore(lifetime.opened()) || closed.isAfter(after));
    assertSame(closed, lifetime.closed());
  }
}
