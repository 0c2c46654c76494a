package dev.sluice.cli;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.process.Output;
import java.io.IOException;

/**
 * Puts a command's output into a journal, until that is closed, which may happen while a process
 * that the command left behind is writing.
 *
 * <p>Thread safety: all methods.
 */
final class JournalWriter {
  private final Journal journal;

  JournalWriter(Journal journal) {
    this.journal = journal;
  }

  /**
   * Appends output.
   *
   * @throws IOException if the journal is closed
   */
  synchronized void append(Output output) throws IOException {
    if (journal.ending() != null) {
      throw new IOException("the command has ended; what it left behind is heard no more");
    }
    byte[] bytes = output.toByteArray();
    Kind kind = output.kind() == Output.Kind.STDOUT ? Kind.STDOUT : Kind.STDERR;
    journal.append(kind, output.time(), bytes, 0, bytes.length);
  }

  /** Closes the journal, between two appends. */
  synchronized void close(Ending how) {
    journal.close(how);
  }
}
