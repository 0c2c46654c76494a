package dev.sluice.cli;

import dev.sluice.journal.JournalLimits;
import picocli.CommandLine.Option;

/** What bounds the journals of {@code sluice serve}. */
final class StoreLimits {
  private static final JournalLimits DEFAULTS = JournalLimits.defaults();

  @Option(
      names = "--journals-max",
      paramLabel = "COUNT",
      description = "How many journals there may be; default: 100000.")
  private int journalsMax = DEFAULTS.journalsMax();

  @Option(
      names = "--journal-bytes-max",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "How much one journal may hold; default: 1T.")
  private long journalBytesMax = DEFAULTS.journalBytesMax();

  @Option(
      names = "--record-bytes-max",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "How much one append may have; default: 16M.")
  private long recordBytesMax = DEFAULTS.recordBytesMax();

  @Option(
      names = "--producers-max",
      paramLabel = "COUNT",
      description = "How many producers a journal remembers; default: 1000.")
  private int producersMax = DEFAULTS.producersMax();

  /**
   * All of them.
   *
   * @throws CliException if one is too small or too large
   */
  JournalLimits limits() throws CliException {
    checkPositive("--journals-max", journalsMax);
    checkPositive("--producers-max", producersMax);
    if (recordBytesMax > 1 << 30) {
      throw new CliException(ExitStatus.USAGE, "--record-bytes-max: at most 1G; write less");
    }
    return new JournalLimits(journalsMax, journalBytesMax, (int) recordBytesMax, producersMax);
  }

  private static void checkPositive(String option, int count) throws CliException {
    if (count < 1) {
      throw new CliException(
          ExitStatus.USAGE, option + ": " + count + " is too few; write 1 or more");
    }
  }
}
