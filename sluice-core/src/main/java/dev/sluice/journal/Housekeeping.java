package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
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
  private static final int FLUSHES_AT_ONCE = 16;
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  private final Path root;
  private final CommitLog log;
  private final SealedLogs sealed;
  private final Committer committer;
  private final DataTuning tuning;
  private final Checkpoint checkpoint;
  private final Semaphore wanted = new Semaphore(0);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final @Nullable Thread thread;
  private final Tidying tidying;
  private volatile boolean closed;
  private boolean failing;

  Housekeeping(
      Path root,
      JournalFolders folders,
      CommitLog log,
      SealedLogs sealed,
      Committer committer,
      DataTuning tuning) {
    this.root = root;
    this.tidying = new Tidying(folders);
    this.log = log;
    this.sealed = sealed;
    this.committer = committer;
    this.tuning = tuning;
    this.checkpoint =
        new Checkpoint(
            sealed,
            folders::folder,
            folders::makeNamesSafe,
            tuning.hotBytes(),
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
    long interval = tuning.interval().toNanos();
    long nextRound = System.nanoTime() + interval;
    try {
      while (true) {
        long left = nextRound - System.nanoTime();
        var _ = wanted.tryAcquire(Math.max(0, left), TimeUnit.NANOSECONDS);
        wanted.drainPermits();
        if (closed) {
          return;
        }
        try {
          if (System.nanoTime() - nextRound >= 0) {
            nextRound = System.nanoTime() + interval;
            round();
          }
          checkpointSealed();
        } catch (RuntimeException e) { // who waits for a checkpoint is not to wait for ever
          LOG.log(System.Logger.Level.ERROR, "housekeeping in " + root + " failed", e);
          sealed.failed(new IOException("a fault of ours: " + e, e));
          failing = true;
        }
        if (failing) {
          var _ = stopped.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a storage thread was interrupted", e);
    }
  }

  /** Moves also what is in a log that is not full, and lets go of the memory of idle journals. */
  private void round() {
    committer.inTurn(log::seal);
    if (sealed.isEmpty()) {
      synchronized (this) {
        checkpoint.coolAll();
      }
    }
    tidying.startRound();
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
            root,
            e.getMessage());
      }
      failing = true;
    }
  }

  private synchronized void runCheckpoint() throws IOException {
    try {
      checkpoint.run();
    } catch (IOException e) {
      IOException told = DiskErrors.describe(e, root);
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

  /** Everything goes to segment files, and the logs are deleted. To be called once. */
  void close() throws IOException {
    StorageThreads.callIo(() -> {
      try {
        committer.close(); // checkpoints go on meanwhile: it may wait for one
        tidying.close();
        closed = true;
        stopped.countDown();
        wanted.release();
        if (thread != null) {
          thread.join();
        }
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
