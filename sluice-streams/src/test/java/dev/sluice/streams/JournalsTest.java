package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.sluice.journal.Journal;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JournalsTest {
  private final Journal a = new Journal("a", 1);
  private final Journal b = new Journal("b/c", 1);
  private final Journals journals = Recorded.journalsOf(b, a);

  @Test
  void journals_are_found_by_name_and_listed_in_its_order() throws IOException {
    assertSame(a, journals.find("a"));
    assertSame(b, journals.find("b/c"));
    assertNull(journals.find("b"));
    assertEquals(List.of("a", "b/c"), journals.names());
  }

  @Test
  void viewers_are_counted_for_each_journal() {
    assertEquals(1, journals.joined(a));
    assertEquals(2, journals.joined(a));
    assertEquals(1, journals.joined(b));
    assertEquals(1, journals.left(a));
    assertEquals(1, journals.viewers(a));
    assertEquals(0, journals.left(a));
    assertEquals(0, journals.viewers(a));
    assertEquals(1, journals.viewers(b));
  }

  @Test
  void viewers_of_a_deleted_journal_are_not_those_of_a_new_one_of_its_name() throws IOException {
    journals.joined(a);
    journals.store().delete(a);
    var again = new Journal("a", 1);
    assertEquals(0, journals.viewers(again));
    assertEquals(1, journals.viewers(a));
  }
}
