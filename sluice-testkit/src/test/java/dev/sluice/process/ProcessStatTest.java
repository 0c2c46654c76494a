package dev.sluice.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ProcessStatTest {
  private static final String REST =
      " 10 20 30 34816 40 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 2621440 226 1";

  @Test
  void a_line_is_read_whatever_the_name_of_the_program() {
    for (String name : new String[] {"sh", "a b", "x) Z 1 (y", "", "))", "(", "\n"}) {
      var stat = ProcessStat.parse("42 (" + name + ") S" + REST);
      assertEquals(new ProcessStat(42, name, 'S', 10, 20, 30, 987654), stat);
    }
  }

  @Test
  void what_has_ended_and_waits_for_its_parent_is_not_alive() {
    assertFalse(ProcessStat.parse("42 (sh) Z" + REST).isAlive());
    assertTrue(ProcessStat.parse("42 (Z) S" + REST).isAlive());
    assertTrue(ProcessStat.parse("42 (sh) T" + REST).isAlive());
  }

  @Test
  void anything_else_is_refused_with_what_it_is() {
    var e = assertThrows(IllegalArgumentException.class, () -> ProcessStat.parse("42 sh S"));
    assertTrue(e.getMessage().contains("42 sh S"), e.getMessage());
  }
}
