package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** The contract, in memory and temporary files. */
final class SpillingStoreTest {
  private static JournalStore open(Path directory, JournalLimits limits) throws IOException {
    Files.createDirectory(directory);
    return MemoryStore.spilling(limits, directory, 1 << 20);
  }

  @Nested
  final class Stores extends StoreContract {
    Stores() {
      super(SpillingStoreTest::open);
    }
  }

  @Nested
  final class Appends extends AppendContract {
    Appends() {
      super(SpillingStoreTest::open);
    }
  }

  @Nested
  final class Forks extends ForkContract {
    Forks() {
      super(SpillingStoreTest::open);
    }
  }

  @Nested
  final class Writers extends WritersContract {
    Writers() {
      super(SpillingStoreTest::open);
    }
  }

  @Nested
  final class WriterSequences extends WriterSequenceContract {
    WriterSequences() {
      super(SpillingStoreTest::open);
    }
  }

  @Nested
  final class GoneOnes extends GoneContract {
    GoneOnes() {
      super(SpillingStoreTest::open);
    }
  }
}
