package dev.sluice.streams;

import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class StreamCacheOnDiskTest extends StreamCacheContract {
  @TempDir private Path directory;

  @Override
  protected JournalStore newStore(JournalLimits limits) throws IOException {
    return DataDirectory.open(directory, limits);
  }
}
