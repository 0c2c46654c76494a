package dev.sluice.journal;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Appends at once, to memory; lets go of the oldest, or puts it into temporary files. */
final class MemoryAppender implements Appender {
  private final ReentrantLock turn = new ReentrantLock();
  private final JournalLimits limits;
  private final @Nullable Spill spill;

  /** Of a journal that stands alone: its retention is its limit. */
  MemoryAppender() {
    this(new JournalLimits(1, Long.MAX_VALUE, Integer.MAX_VALUE, 1000), null);
  }

  MemoryAppender(JournalLimits limits, @Nullable Spill spill) {
    this.limits = limits;
    this.spill = spill;
  }

  @Override
  public AppendResult append(Journal journal, Append append) throws IOException {
    AppendState state = journal.state();
    AppendResult done;
    turn.lock();
    try {
      AppendResult refused = state.check(append, journal.contents().start(), journal, limits);
      if (refused != null) {
        return refused;
      }
      var _ = state.advance(append);
      journal.apply(append);
      done = new AppendResult.Appended(new Offset(state.tail()));
      retain(journal);
    } finally {
      turn.unlock();
    }
    journal.use();
    journal.wake();
    return done;
  }

  /** Appends what another journal holds, which no limit refuses; nobody knows the journal yet. */
  RecordSink copyTo(Journal journal) {
    return (kind, micros, end, bytes, offset, length) -> {
      Append copied = Append.of(kind, Micros.toInstant(micros), bytes, offset, length);
      turn.lock();
      try {
        var _ = journal.state().advance(copied);
        journal.apply(copied);
        retain(journal);
      } finally {
        turn.unlock();
      }
    };
  }

  @Override
  public boolean end(Journal journal, BooleanSupplier condition) {
    turn.lock();
    try {
      boolean ends = condition.getAsBoolean();
      if (ends) {
        journal.state().delete();
      }
      return ends;
    } finally {
      turn.unlock();
    }
  }

  private void retain(Journal journal) {
    Contents contents = journal.contents();
    if (spill != null) {
      spill.keep(journal);
      return;
    }
    long keep = journal.options().retention().bytes();
    long tail = contents.tail();
    List<Block> blocks = contents.blocks();
    if (blocks.size() > 1 && tail - blocks.get(1).base() >= keep) {
      int drop = 1;
      while (drop < blocks.size() - 1 && tail - blocks.get(drop + 1).base() >= keep) {
        drop++;
      }
      contents.evictBlocks(blocks.get(drop).base());
    }
  }
}
