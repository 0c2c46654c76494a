package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.SimDisk.Fault;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A journal whose temporary files fail when there is something in them already. */
final class SpillFaultTest {
  private static final int MIB = 1 << 20;

  private final Random random = new Random(1);
  private final Path directory = Path.of("temporary");
  private final SimDisk disk = new SimDisk(directory, new Random(2));
  private final JournalLog log = new JournalLog();

  private Journal newJournal() {
    return new Journal(
        JournalIdentity.of("test", JournalOptions.defaults(), null),
        new Contents(List.of(), 0),
        new AppendState(),
        new MemoryAppender(
            JournalLimits.defaults(), new Spill(disk, directory, MIB), MemoryRoom.ENDLESS));
  }

  private void append(Journal journal, long until) throws Exception {
    for (long tail = journal.tail().position(); tail < until; ) {
      tail = PositionBytes.append(journal, tail, random);
    }
  }

  @Test
  void what_is_in_files_and_the_latest_stay_readable_and_the_rest_is_a_gap() throws Exception {
    try (log) {
      Journal journal = newJournal();
      append(journal, 5 * MIB);
      disk.failNowAndThen(Set.of(Fault.WRITE), 1);
      append(journal, 15 * MIB);
      while (log.lines().isEmpty()) {
        Thread.onSpinWait();
      }
      long filed = journal.fileEnd(0);
      assertTrue(filed > 2 * MIB && filed < 8 * MIB, filed + " bytes are in files");
      var first = new PositionBytes.Checker(0);
      assertTrue(journal.read(0, filed, first));
      assertFalse(journal.read(filed, filed + 1, new PositionBytes.Checker(filed)));
      assertEquals(Offset.ZERO, journal.start());
      long from = journal.readableFrom(filed);
      assertTrue(from > 12 * MIB && from < journal.tail().position(), from + " is the latest");
      assertEquals(1, log.lines().size(), () -> log.lines().toString());
      assertTrue(log.lines().getFirst().contains("Input/output error"), log.lines()::getFirst);
    }
  }
}
