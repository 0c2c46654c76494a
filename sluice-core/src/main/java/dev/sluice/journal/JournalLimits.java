package dev.sluice.journal;

/**
 * What bounds a store of journals.
 *
 * @param journalsMax how many journals there may be
 * @param journalBytesMax how many bytes one journal may hold, beyond what its retention drops
 * @param recordBytesMax how many bytes one append may have
 * @param producersMax how many producers a journal remembers
 */
public record JournalLimits(
    int journalsMax, long journalBytesMax, int recordBytesMax, int producersMax) {
  private static final JournalLimits DEFAULTS =
      new JournalLimits(100_000, 1L << 40, 16 * 1024 * 1024, 1000);

  /** Checks that each is positive. */
  public JournalLimits {
    if (journalsMax < 1 || journalBytesMax < 1 || recordBytesMax < 1 || producersMax < 1) {
      throw new IllegalArgumentException(
          "a limit is less than one: journals %d, bytes %d, record bytes %d, producers %d"
              .formatted(journalsMax, journalBytesMax, recordBytesMax, producersMax));
    }
  }

  /** 100,000 journals of 1 TiB, records of 16 MiB, 1,000 producers. */
  public static JournalLimits defaults() {
    return DEFAULTS;
  }

  /** With room for so many journals. */
  public JournalLimits withJournalsMax(int count) {
    return new JournalLimits(count, journalBytesMax, recordBytesMax, producersMax);
  }

  /** With room for so many bytes in each journal. */
  public JournalLimits withJournalBytesMax(long bytes) {
    return new JournalLimits(journalsMax, bytes, recordBytesMax, producersMax);
  }

  /** With appends of so many bytes. */
  public JournalLimits withRecordBytesMax(int bytes) {
    return new JournalLimits(journalsMax, journalBytesMax, bytes, producersMax);
  }

  /** With so many producers for each journal. */
  public JournalLimits withProducersMax(int count) {
    return new JournalLimits(journalsMax, journalBytesMax, recordBytesMax, count);
  }
}
