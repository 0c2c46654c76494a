package dev.sluice.streams;

import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.MemoryStore;

final class StreamEventsInMemoryTest extends StreamEventsContract {
  @Override
  protected JournalStore newStore(JournalLimits limits) {
    return new MemoryStore(limits);
  }
}
