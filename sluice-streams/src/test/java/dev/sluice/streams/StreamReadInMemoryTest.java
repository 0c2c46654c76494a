package dev.sluice.streams;

import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.MemoryStore;

final class StreamReadInMemoryTest extends StreamReadContract {
  @Override
  protected JournalStore newStore(JournalLimits limits) {
    return new MemoryStore(limits);
  }
}
