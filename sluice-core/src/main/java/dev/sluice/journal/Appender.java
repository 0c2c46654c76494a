package dev.sluice.journal;

import java.io.IOException;

/** How appends come into a journal: at once in memory, or through the log of a data directory. */
interface Appender {
  /** As {@link Journal#append(Append)}. */
  AppendResult append(Journal journal, Append append) throws IOException;

  /** Lets no more appends in; those that were let in are through when it returns. */
  void end(Journal journal);
}
