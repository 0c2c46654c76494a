package dev.sluice.journal;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a data directory does besides: checkpoints, when a log is full and now and then; retention
 * by age, and expiry.
 *
 * <p>Thread safety: all methods.
 */
final class Housekeeping {
  private static final long RETRY_MILLIS = 1000;
  private static final int LOOKS_PER_ROUND = 1000;
  private static final int FLUSHES_AT_ONCE = 16;
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  private final DataDirectory owner;
  private final JournalFolders folders;
  private final CommitLog log;
  private final SealedLogs sealed;
  private final Committer committer;
  private final DataTuning tuning;
  private final Checkpoint checkpoint;
  private final Semaphore wanted = new Semaphore(0);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final @Nullable Thread thread;
  private volatile boolean closed;
  private boolean failing;

  Housekeeping(
      DataDirectory owner,
      JournalFolders folders,
      CommitLog log,
      SealedLogs sealed,
      Committer committer,
      DataTuning tuning) {
    this.owner = owner;
    this.folders = folders;
    this.log = log;
    this.sealed = sealed;
    this.committer = committer;
    this.tuning = tuning;
    this.checkpoint =
        new Checkpoint(
            sealed,
            folders::folder,
            folders::makeNamesSafe,
            tuning.threaded() ? FLUSHES_AT_ONCE : 1);
    this.thread =
        tuning.threaded() ? StorageThreads.newThread("sluice-checkpoint", this::run) : null;
  }

  void start() {
    if (thread != null) {
      thread.start();
      if (!sealed.isEmpty()) {
        checkpointSoon();
      }
    }
  }

  /** There is a sealed log. Without a thread, it waits until somebody asks for a checkpoint. */
  void checkpointSoon() {
    wanted.release();
  }

  private void run() {
    try {
      while (!closed) {
        boolean asked = wanted.tryAcquire(tuning.interval().toMillis(), TimeUnit.MILLISECONDS);
        wanted.drainPermits();
        if (closed) {
          return;
        }
        if (!asked) {
          round();
        }
        checkpointSealed();
        if (failing) {
          var _ = stopped.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a storage thread was interrupted", e);
    }
  }

  /** Also lets go of the memory of idle journals, by a checkpoint that finds them unchanged. */
  private void round() {
    committer.inTurn(log::seal);
    try {
      if (sealed.isEmpty()) {
        synchronized (this) {
          checkpoint.coolAll();
        }
      }
      folders.openExpiring(LOOKS_PER_ROUND);
      for (JournalFolder folder : folders.loaded()) {
        if (Expiries.isOver(folder.journal())) {
          var _ = owner.delete(folder.journal());
        } else if (folder.journal().options().retention().age() != null) {
          folder.retain();
        }
      }
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "housekeeping in {0}: {1}", owner.path(), e.getMessage());
    }
  }

  private void checkpointSealed() {
    try {
      runCheckpoint();
      failing = false;
    } catch (IOException e) {
      if (!failing) { // said once, tried again and again
        LOG.log(
            System.Logger.Level.ERROR,
            "segment files in {0} cannot be written: {1}; what they lack is in the log",
            owner.path(),
            e.getMessage());
      }
      failing = true;
    }
  }

  private synchronized void runCheckpoint() throws IOException {
    try {
      checkpoint.run();
    } catch (IOException e) {
      IOException told = DiskErrors.describe(e, owner.path());
      sealed.failed(told);
      throw told;
    }
  }

  /** Seals the log and moves everything; waits for that. */
  void checkpointNow() throws IOException {
    var done = new Semaphore(0);
    var failure = new AtomicReference<@Nullable IOException>();
    committer.inTurn(() -> {
      try {
        log.seal();
      } catch (IOException e) {
        failure.set(e);
      } finally {
        done.release();
      }
    });
    done.acquireUninterruptibly();
    IOException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    StorageThreads.callIo(() -> {
      runCheckpoint();
      return true;
    });
  }

  /** The last round: everything goes to segment files, and the logs are deleted. */
  void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    stopped.countDown();
    wanted.release();
    StorageThreads.callIo(() -> {
      try {
        if (thread != null) {
          thread.join();
        }
        committer.close();
      } catch (InterruptedException e) {
        throw new IllegalStateException("a storage thread was interrupted", e);
      }
      try {
        log.seal();
        runCheckpoint();
      } finally {
        log.close();
      }
      return true;
    });
  }
}
