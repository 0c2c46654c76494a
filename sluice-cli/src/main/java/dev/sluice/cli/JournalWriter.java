package dev.sluice.cli;

import dev.sluice.journal.Append;
import dev.sluice.journal.AppendResult;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.process.Output;
import java.io.IOException;

/**
 * Puts a command's output into a journal, until that is closed, which may happen while a process
 * that the command left behind is writing.
 *
 * <p>When the journal takes no more, because a disk is full, say, that is no reason to stop the
 * command: its output then goes past the journal. The journal gets nothing any more, also if there
 * is room again, since it would have a hole; and it is not closed, since it is not whole: its
 * viewers are cut.
 *
 * <p>Thread safety: all methods.
 */
final class JournalWriter {
  /** Takes what the journal does not. */
  interface Bypass {
    /** The journal takes no more. */
    void begin(IOException why);

    /** Output, in its order. */
    void write(Kind kind, byte[] bytes);
  }

  private final Journal journal;
  private final Bypass bypass;
  private boolean cut;

  JournalWriter(Journal journal, Bypass bypass) {
    this.journal = journal;
    this.bypass = bypass;
  }

  /**
   * Appends output.
   *
   * @throws IOException if the journal is closed
   */
  synchronized void append(Output output) throws IOException {
    byte[] bytes = output.toByteArray();
    Kind kind = output.kind() == Output.Kind.STDOUT ? Kind.STDOUT : Kind.STDERR;
    if (!cut) {
      try {
        var append = Append.of(kind, output.time(), bytes, 0, bytes.length);
        if (journal.append(append) instanceof AppendResult.Appended) {
          return;
        }
      } catch (IOException e) {
        cut = true;
        journal.abandon();
        bypass.begin(e);
      }
    }
    if (!cut) {
      throw new IOException("the command has ended; what it left behind is heard no more");
    }
    bypass.write(kind, bytes);
  }

  /** Closes the journal, between two appends, if all is in it. */
  synchronized void close(Ending how) throws IOException {
    if (!cut) {
      journal.close(how);
    }
  }

  /** Whether the journal has not got all. */
  synchronized boolean cut() {
    return cut;
  }
}
