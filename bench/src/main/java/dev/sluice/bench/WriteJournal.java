package dev.sluice.bench;

import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;

/** Writes one long journal of random bytes and closes it, and a plain file of the same bytes. */
public final class WriteJournal {
  private static final int RECORD_BYTES = 100_000;

  private WriteJournal() {}

  /**
   * Writes.
   *
   * @param args the data directory, the journal's name, its length in bytes, the plain file
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: bench/java WriteJournal DIR NAME BYTES FILE");
      System.exit(2);
    }
    Path directory = Files.createDirectories(Path.of(args[0]));
    long length = Long.parseLong(args[2]);
    var random = new Random(length);
    try (var store = DataDirectory.open(directory, JournalLimits.defaults());
        OutputStream file = Files.newOutputStream(Path.of(args[3]))) {
      Journal journal = store.open(args[1], JournalOptions.defaults().withDurable(false)).journal();
      byte[] bytes = new byte[RECORD_BYTES];
      for (long rest = length; rest > 0; rest -= Math.min(rest, RECORD_BYTES)) {
        random.nextBytes(bytes);
        int part = (int) Math.min(rest, RECORD_BYTES);
        var _ = journal.append(Kind.STDOUT, Instant.now(), bytes, 0, part);
        file.write(bytes, 0, part);
      }
      journal.close(Ending.PLAIN);
    }
  }
}
