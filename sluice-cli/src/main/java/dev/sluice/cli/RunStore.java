package dev.sluice.cli;

import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalName;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.JournalStore.Opened;
import dev.sluice.journal.MemoryStore;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where {@code sluice run} has its journal. */
final class RunStore {
  /** What is older than that is in temporary files. */
  private static final long MEMORY_BYTES = 64L * 1024 * 1024;

  private RunStore() {}

  /**
   * Opens the directory, or makes a store that ends with this process.
   *
   * @param keep how many bytes its journal will keep
   */
  static JournalStore open(@Nullable Path directory, long keep) throws CliException {
    JournalLimits limits = JournalLimits.defaults();
    if (directory == null && keep <= MEMORY_BYTES) {
      return new MemoryStore(limits);
    }
    if (directory == null) {
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      return MemoryStore.spilling(limits, temporary, MEMORY_BYTES);
    }
    return DataOption.open(directory, limits);
  }

  /** A new journal of this name, or with the first number behind it that is free. */
  static Journal newJournal(JournalStore store, String name, JournalOptions options)
      throws CliException {
    String free = name;
    try {
      for (int number = 2; ; number++) {
        checkName(free);
        Opened opened = store.open(free, options, RunMark.first());
        if (opened.created()) {
          return opened.journal();
        }
        free = name + "-" + number;
      }
    } catch (IOException e) {
      throw new CliException(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  /** Ends it. What the disk has not taken by then does not change the command's status. */
  static void close(JournalStore store) {
    try {
      store.close();
    } catch (IOException e) {
      System.err.println("sluice: " + e.getMessage());
    }
  }

  /** Checks that it can be one, for {@code --name}. */
  static void checkName(String name) throws CliException {
    try {
      var _ = new JournalName(name);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitStatus.USAGE, "--name '" + name + "': " + e.getMessage(), e);
    }
  }
}
