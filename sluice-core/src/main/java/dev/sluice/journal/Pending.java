package dev.sluice.journal;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** An append on its way through the log, and who waits for it. Or an end. */
final class Pending {
  private final Journal journal;
  private final @Nullable Append append;
  private final BooleanSupplier endsIf;
  private final Thread waiter = Thread.currentThread();
  private @Nullable AppendResult result;
  private @Nullable IOException failure;
  private volatile boolean done;

  /** An append. */
  Pending(Journal journal, Append append) {
    this.journal = journal;
    this.append = append;
    this.endsIf = () -> false;
  }

  /** An end: nothing more is to be appended, if that is so. */
  Pending(Journal journal, BooleanSupplier condition) {
    this.journal = journal;
    this.append = null;
    this.endsIf = condition;
  }

  /** Ends the journal, if that is what it is. */
  void end() {
    if (endsIf.getAsBoolean()) {
      journal.state().delete();
      result = new AppendResult.Deleted();
    } else {
      result = new AppendResult.Appended(journal.tail());
    }
  }

  Journal journal() {
    return journal;
  }

  @Nullable Append append() {
    return append;
  }

  @Nullable AppendResult result() {
    return result;
  }

  /** What it will be, if the batch gets through. */
  void result(AppendResult what) {
    result = what;
  }

  boolean isFailed() {
    return failure != null;
  }

  void fail(IOException why) {
    failure = why;
  }

  void finish() {
    done = true;
    LockSupport.unpark(waiter);
  }

  /** Waits, also while interrupted: what became of it must be known. */
  AppendResult await() throws IOException {
    boolean interrupted = false;
    while (!done) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    IOException why = failure;
    if (why != null) {
      throw copyOf(why);
    }
    AppendResult what = result;
    if (what == null) {
      throw new IllegalStateException("an append of " + journal + " without a result");
    }
    return what;
  }

  /** Each waiter throws one of its own: one failure ends many. */
  private static IOException copyOf(IOException why) {
    String message = String.valueOf(why.getMessage());
    return switch (why) {
      case DiskFullException e -> new DiskFullException(message, e);
      case StorageFailedException e -> new StorageFailedException(message, e);
      case JournalLimitException e -> e;
      default -> new IOException(message, why);
    };
  }
}
