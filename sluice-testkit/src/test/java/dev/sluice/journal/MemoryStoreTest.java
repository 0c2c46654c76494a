package dev.sluice.journal;

import org.junit.jupiter.api.Nested;

/** The contract, in memory. */
final class MemoryStoreTest {
  private static JournalStore open(JournalLimits limits) {
    return new MemoryStore(limits);
  }

  @Nested
  final class Stores extends StoreContract {
    Stores() {
      super((directory, limits) -> open(limits));
    }
  }

  @Nested
  final class Appends extends AppendContract {
    Appends() {
      super((directory, limits) -> open(limits));
    }
  }

  @Nested
  final class Forks extends ForkContract {
    Forks() {
      super((directory, limits) -> open(limits));
    }
  }

  @Nested
  final class Writers extends WritersContract {
    Writers() {
      super((directory, limits) -> open(limits));
    }
  }

  @Nested
  final class WriterSequences extends WriterSequenceContract {
    WriterSequences() {
      super((directory, limits) -> open(limits));
    }
  }

  @Nested
  final class GoneOnes extends GoneContract {
    GoneOnes() {
      super((directory, limits) -> open(limits));
    }
  }
}
