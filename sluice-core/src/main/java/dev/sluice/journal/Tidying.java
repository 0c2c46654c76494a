package dev.sluice.journal;

import java.io.IOException;
import java.util.concurrent.Semaphore;

/**
 * Looks now and then for journals that have expired, and for bytes that are too old.
 *
 * <p>It waits for the committer, which may wait for a checkpoint: so it is not for the thread that
 * makes those.
 *
 * <p>Thread safety: all methods.
 */
final class Tidying {
  private static final int LOOKS_AT_ONCE = 1000;
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  private final JournalFolders folders;
  private final Semaphore turn = new Semaphore(1);
  private volatile boolean closed;

  Tidying(JournalFolders folders) {
    this.folders = folders;
  }

  /** Begins a round, unless the last one is still under way. */
  void startRound() {
    StorageThreads.execute(() -> {
      if (turn.tryAcquire()) {
        try {
          round();
        } finally {
          turn.release();
        }
      }
    });
  }

  private void round() {
    folders.openExpiring(LOOKS_AT_ONCE);
    freeGone();
    for (JournalFolder folder : folders.loaded()) {
      if (closed) {
        return;
      }
      tidy(folder);
    }
  }

  private void freeGone() {
    try {
      folders.freeGone();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "names that are gone: {0}", DiskErrors.reason(e));
    }
  }

  private void tidy(JournalFolder folder) {
    Journal journal = folder.journal();
    try {
      boolean gone = folders.deleteIfExpired(journal);
      if (!gone && journal.options().retention().age() != null) {
        folder.retain();
      }
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the journal {0} is not tidied: {1}",
          journal.name(),
          DiskErrors.reason(e));
    }
  }

  /** Begins none any more, and waits for the end of one that is under way. */
  void close() {
    closed = true;
    turn.acquireUninterruptibly();
  }
}
