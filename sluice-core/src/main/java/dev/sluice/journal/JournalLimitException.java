package dev.sluice.journal;

import java.io.IOException;
import java.io.Serial;

/** Something would exceed a limit, mostly of {@link JournalLimits}; nothing of it has happened. */
public final class JournalLimitException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** Which limit. */
  public enum Limit {
    /** {@link JournalLimits#journalsMax}. */
    JOURNALS,
    /** {@link JournalLimits#journalBytesMax}. */
    JOURNAL_BYTES,
    /** {@link JournalLimits#recordBytesMax}. */
    RECORD_BYTES,
    /** {@link JournalLimits#producersMax}. */
    PRODUCERS,
    /** Three eighths of the heap, for journals of a {@link MemoryStore}. */
    MEMORY
  }

  private final Limit limit;

  JournalLimitException(Limit limit, String message) {
    super(message);
    this.limit = limit;
  }

  /** Which limit. */
  public Limit limit() {
    return limit;
  }
}
