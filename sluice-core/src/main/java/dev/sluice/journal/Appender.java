package dev.sluice.journal;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/** How appends come into a journal: at once in memory, or through the log of a data directory. */
interface Appender {
  /** As {@link Journal#append(Append)}. */
  AppendResult append(Journal journal, Append append) throws IOException;

  /**
   * Lets no more appends in; those that were let in are through when it returns.
   *
   * @param condition asked in turn with appends; if it is not so, appends go on
   * @return whether it was so
   */
  boolean end(Journal journal, BooleanSupplier condition);
}
