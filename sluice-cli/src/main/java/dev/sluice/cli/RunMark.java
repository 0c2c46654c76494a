package dev.sluice.cli;

import dev.sluice.journal.Append;
import dev.sluice.journal.AppendResult;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Expiry;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.ProducerSequence;
import java.io.IOException;

/**
 * Tells the journals of {@code sluice run} from others.
 *
 * <p>The mark is a producer with one append of nothing, which is kept with the data. The close of
 * one that was left behind is the second append of that producer: on a journal without the mark it
 * is one too many, and changes nothing.
 */
final class RunMark {
  private static final String PRODUCER = "sluice-run";
  private static final Ending KILLED = new Ending(137, "KILL");

  private RunMark() {}

  /** What a marked journal begins with. */
  static Append first() {
    return Append.of(new byte[0]).withProducer(sequence(0));
  }

  /** Whether it is like one of a run that has not ended; it need not be one. */
  static boolean mayBeOpen(Journal journal) {
    JournalOptions options = journal.options();
    return journal.ending() == null && !options.durable() && options.expiry().equals(Expiry.NEVER);
  }

  /**
   * Closes the journal of a run whose process is gone, as that of a command that was killed, which
   * is what happened to it; others stay as they are.
   *
   * @return whether it was one
   */
  static boolean close(Journal journal) throws IOException {
    Append end = Append.close(KILLED).withProducer(sequence(1));
    return journal.append(end) instanceof AppendResult.Appended;
  }

  private static ProducerSequence sequence(long number) {
    return new ProducerSequence(PRODUCER, 0, number);
  }
}
