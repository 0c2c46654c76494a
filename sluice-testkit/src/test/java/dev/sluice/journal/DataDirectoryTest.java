package dev.sluice.journal;

import org.junit.jupiter.api.Nested;

/** The contract, in a directory. */
final class DataDirectoryTest {
  @Nested
  final class Stores extends StoreContract {
    Stores() {
      super(DataDirectory::open);
    }
  }

  @Nested
  final class Appends extends AppendContract {
    Appends() {
      super(DataDirectory::open);
    }
  }

  @Nested
  final class Forks extends ForkContract {
    Forks() {
      super(DataDirectory::open);
    }
  }

  @Nested
  final class Writers extends WritersContract {
    Writers() {
      super(DataDirectory::open);
    }
  }

  @Nested
  final class WriterSequences extends WriterSequenceContract {
    WriterSequences() {
      super(DataDirectory::open);
    }
  }

  @Nested
  final class GoneOnes extends GoneContract {
    GoneOnes() {
      super(DataDirectory::open);
    }
  }
}
