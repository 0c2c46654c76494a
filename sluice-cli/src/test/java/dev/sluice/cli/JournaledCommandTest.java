package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.Kind;
import dev.sluice.journal.MemoryStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What is in the journal of a command when that has ended. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class JournaledCommandTest {
  private static final JournalWriter.Bypass NONE =
      new JournalWriter.Bypass() {
        @Override
        public void begin(IOException why) {
          throw new IllegalStateException(why);
        }

        @Override
        public void write(Kind kind, byte[] bytes) {
          throw new IllegalStateException("past the journal");
        }
      };

  private final Journal journal = openJournal();

  private static Journal openJournal() {
    try {
      return new MemoryStore(JournalLimits.defaults())
          .open("log", JournalOptions.defaults())
          .journal();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private JournaledCommand start(String script) throws Exception {
    return JournaledCommand.start(List.of("sh", "-c", script), new JournalWriter(journal, NONE));
  }

  /** As on a disk that stands still for longer than what was left behind is waited for. */
  @Test
  void all_that_it_has_written_is_there_however_slowly_the_journal_takes_it() throws Exception {
    var appends = new AtomicInteger();
    var _ = journal.watch(() -> pause(appends.getAndIncrement() == 0 ? 1500 : 50));
    JournaledCommand command = start("echo 1; sleep 0.2; seq 2 5000; echo 5001 >&2; exit 3");
    assertEquals(3, command.awaitEnd());
    assertEquals(new Ending(3, null), journal.ending());
    int lines = IntStream.rangeClosed(1, 5001).map(i -> (i + "\n").length()).sum();
    assertEquals(lines, journal.tail().position());
  }

  @Test
  void what_it_left_behind_is_not_waited_for() throws Exception {
    JournaledCommand command = start("(sleep 600; echo late) & echo 1");
    assertEquals(0, command.awaitEnd());
    assertEquals(new Ending(0, null), journal.ending());
    assertEquals(2, journal.tail().position());
    command.kill();
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
