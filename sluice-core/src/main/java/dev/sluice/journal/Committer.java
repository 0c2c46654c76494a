package dev.sluice.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread that commits: takes all appends that have come while it was busy, and puts them
 * through the log as one batch.
 *
 * <p>Thread safety: all methods.
 */
final class Committer implements Appender {
  private static final String CLOSED = "the data directory is closed";
  private static final long BATCH_BYTES_MAX = 8L * 1024 * 1024;
  private static final int BATCH_COUNT_MAX = 10_000;

  /** What else is done in turn with appends. */
  @FunctionalInterface
  interface Turn {
    void run() throws IOException;
  }

  private sealed interface Work {
    record Commit(Pending pending) implements Work {}

    record Other(Turn turn) implements Work {}

    record Stop() implements Work {}
  }

  private final CommitLog log;
  private final SealedLogs sealed;
  private final Runnable sealedMore;
  private final long batchBytesMax;
  private final LinkedBlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final @Nullable Thread thread;
  private volatile boolean closed;
  private boolean ended;

  /** Set by the thread, for itself: it ends, and whoever comes behind does his own work. */
  private boolean stopped;

  /**
   * A committer.
   *
   * @param sealedMore called when there may be a sealed log
   * @param tuning whether it has a thread; if not, callers do its work: for tests
   */
  Committer(CommitLog log, SealedLogs sealed, Runnable sealedMore, DataTuning tuning) {
    this.batchBytesMax = Math.min(BATCH_BYTES_MAX, tuning.logBytes() / 4);
    this.log = log;
    this.sealed = sealed;
    this.sealedMore = sealedMore;
    this.thread = tuning.threaded() ? StorageThreads.newThread("sluice-commit", this::run) : null;
  }

  void start() {
    if (thread != null) {
      thread.start();
    }
  }

  @Override
  public AppendResult append(Journal journal, Append append) throws IOException {
    return submit(new Pending(journal, append)).await();
  }

  @Override
  public boolean end(Journal journal, BooleanSupplier condition) {
    try {
      return submit(new Pending(journal, condition)).await() instanceof AppendResult.Deleted;
    } catch (IOException e) { // it is closed: nothing is appended any more
      return condition.getAsBoolean();
    }
  }

  private Pending submit(Pending pending) throws IOException {
    if (Thread.currentThread().equals(thread)) {
      throw new IllegalStateException(
          "who watches a journal cannot append: it would wait for itself");
    }
    if (closed) {
      throw new IOException(CLOSED);
    }
    put(new Work.Commit(pending));
    return pending;
  }

  /** Has something done between two batches, some time. */
  void inTurn(Turn turn) {
    put(new Work.Other(turn));
  }

  private void put(Work work) {
    queue.add(work);
    if (thread == null) {
      work();
    } else if (closed && !thread.isAlive()) {
      work(); // it came behind the last that was taken
    }
  }

  private void run() {
    try {
      while (!stopped) {
        work(queue.take());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a storage thread was interrupted", e);
    }
  }

  private void work() {
    for (Work first = queue.poll(); first != null; first = queue.poll()) {
      work(first);
    }
  }

  private synchronized void work(Work first) {
    List<Pending> batch = new ArrayList<>();
    List<Turn> turns = new ArrayList<>();
    long bytes = 0;
    for (Work work = first; work != null; work = queue.poll()) {
      switch (work) {
        case Work.Commit(Pending pending) -> {
          batch.add(pending);
          Append append = pending.append();
          bytes += append == null ? 0 : append.length();
        }
        case Work.Other(Turn turn) -> turns.add(turn);
        case Work.Stop() -> stopped = true;
      }
      if (batch.size() >= BATCH_COUNT_MAX || bytes >= batchBytesMax) {
        break;
      }
    }
    if (ended) {
      refuse(batch);
    } else {
      commit(batch);
    }
    for (Turn turn : turns) {
      runTurn(turn);
    }
    if (!sealed.isEmpty()) {
      sealedMore.run();
    }
  }

  private void commit(List<Pending> batch) {
    try {
      log.commit(batch);
    } catch (RuntimeException | Error e) { // a fault of ours: nobody is to wait for ever
      log.stop(e);
      for (Pending pending : batch) {
        pending.fail(new StorageFailedException("the log failed: " + e, e));
        pending.finish();
      }
    }
  }

  /** The log is not ours any more. */
  private static void refuse(List<Pending> batch) {
    for (Pending pending : batch) {
      pending.fail(new IOException(CLOSED));
      pending.finish();
    }
  }

  private static void runTurn(Turn turn) {
    try {
      turn.run();
    } catch (IOException e) {
      System.getLogger("dev.sluice.journal")
          .log(System.Logger.Level.WARNING, "the log: {0}", e.getMessage());
    }
  }

  /** Takes no more, and waits until what was taken is through. */
  void close() throws InterruptedException {
    closed = true;
    if (thread != null) {
      queue.add(new Work.Stop());
      thread.join();
    }
    work(); // what came behind
    synchronized (this) {
      ended = true;
    }
  }
}
