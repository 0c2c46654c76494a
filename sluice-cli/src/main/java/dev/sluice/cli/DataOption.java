package dev.sluice.cli;

import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where journals are kept. */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keep journals in this directory, which is made if it is not there.")
  private @Nullable Path directory;

  /** The directory that was given, or null. */
  @Nullable Path directory() {
    return directory;
  }

  /**
   * Opens the directory that was given.
   *
   * @throws CliException if it cannot be used
   */
  static JournalStore open(Path directory, JournalLimits limits) throws CliException {
    try {
      return new OwnedStore(DataDirectory.open(directory, limits));
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      String advice = why.contains(";") ? "" : "; give another directory to --data";
      throw new CliException(ExitStatus.FAILED, why + advice, e);
    }
  }
}
