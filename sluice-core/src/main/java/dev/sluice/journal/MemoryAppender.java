package dev.sluice.journal;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Appends at once, to memory; lets go of the oldest, or puts it into temporary files. */
final class MemoryAppender implements Appender {
  /** What a journal takes beside its bytes, and a producer that it knows. */
  private static final int JOURNAL_BYTES = 1024;

  private static final int PRODUCER_BYTES = 512;

  private final ReentrantLock turn = new ReentrantLock();
  private final JournalLimits limits;
  private final @Nullable Spill spill;
  private final MemoryRoom room;
  private long besideBytes;

  /** Of a journal that stands alone: its retention is its limit. */
  MemoryAppender() {
    this(new JournalLimits(1, Long.MAX_VALUE, Integer.MAX_VALUE, 1000), null, MemoryRoom.ENDLESS);
  }

  MemoryAppender(JournalLimits limits, @Nullable Spill spill, MemoryRoom room) {
    this.limits = limits;
    this.spill = spill;
    this.room = room;
    takeBeside(JOURNAL_BYTES);
  }

  private void takeBeside(int bytes) {
    besideBytes += bytes;
    room.take(bytes);
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
      apply(append, journal, state);
      done = new AppendResult.Appended(new Offset(state.tail()));
      retain(journal);
    } finally {
      turn.unlock();
    }
    journal.use();
    journal.wake();
    return done;
  }

  /** The bytes are claimed until a block has taken its own. An end alone is always possible. */
  private void apply(Append append, Journal journal, AppendState state) throws IOException {
    boolean takes = append.length() > 0 || append.producer() != null;
    if (takes) {
      room.claim(append.length(), journal.name());
    }
    try {
      int producers = state.producerCount();
      var _ = state.advance(append);
      journal.apply(append);
      if (state.producerCount() > producers) {
        takeBeside(PRODUCER_BYTES);
      }
    } finally {
      room.give(takes ? append.length() : 0);
    }
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
        journal.contents().letGo();
        room.give(besideBytes);
        besideBytes = 0;
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
