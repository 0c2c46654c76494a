package dev.sluice.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves what is in sealed logs to segment files, and then deletes the logs.
 *
 * <p>A journal that is written to keeps its latest bytes in memory; one that was not written to
 * between two checkpoints keeps none.
 *
 * <p>Thread: a storage thread, one at a time.
 */
final class Checkpoint {
  private static final long HOT_BYTES_OF_ONE_MAX = 1024L * 1024;

  /** The names of journals. */
  @FunctionalInterface
  interface Names {
    void makeSafe() throws IOException;
  }

  private final SealedLogs logs;
  private final Names names;
  private final long hotBytes;
  private final int threads;
  private final Function<Journal, @Nullable JournalFolder> folders;
  private Set<Journal> warm = new HashSet<>();

  /**
   * Checkpoints.
   *
   * @param folders finds that of a journal; null if it was deleted
   * @param names makes safe that a journal was deleted, before the log forgets what it held
   * @param hotBytes how much stays in memory of all journals together
   * @param threads how many journals are flushed at the same time
   */
  Checkpoint(
      SealedLogs logs,
      Function<Journal, @Nullable JournalFolder> folders,
      Names names,
      long hotBytes,
      int threads) {
    this.hotBytes = hotBytes;
    this.names = names;
    this.threads = threads;
    this.logs = logs;
    this.folders = folders;
  }

  /**
   * Takes all logs that are sealed.
   *
   * @throws IOException if a journal cannot be flushed; its log stays
   */
  void run() throws IOException {
    for (SealedLog sealed = logs.oldest(); sealed != null; sealed = logs.oldest()) {
      Map<Journal, Long> tails = sealed.tails();
      long hot = Math.min(HOT_BYTES_OF_ONE_MAX, hotBytes / Math.max(1, tails.size()));
      flushAll(tails, hot);
      names.makeSafe();
      logs.drop(sealed);
      cool(tails.keySet());
    }
  }

  /**
   * Flushes many journals at the same time: a file system joins the forces of those who wait
   * together (measured on ext4, journals a second: 59 by one thread, 3,400 by 16).
   */
  private void flushAll(Map<Journal, Long> tails, long hot) throws IOException {
    var left = new ConcurrentLinkedQueue<>(tails.entrySet());
    var failure = new AtomicReference<@Nullable IOException>();
    Runnable work =
        () -> {
          for (var next = left.poll(); next != null; next = left.poll()) {
            try {
              flush(next.getKey(), next.getValue(), hot);
            } catch (IOException e) {
              failure.compareAndSet(null, e);
            } catch (RuntimeException | Error e) { // whatever it is, the log must stay
              failure.compareAndSet(null, new IOException("a fault of ours: " + e, e));
            }
            if (failure.get() != null) {
              left.clear();
            }
          }
        };
    List<Thread> team = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, tails.size()); i++) {
      Thread thread = StorageThreads.newThread("sluice-checkpoint-" + i, work);
      team.add(thread);
      thread.start();
    }
    work.run();
    for (Thread thread : team) {
      join(thread);
    }
    IOException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a storage thread was interrupted", e);
    }
  }

  private void flush(Journal journal, long to, long hot) throws IOException {
    JournalFolder folder = folders.apply(journal);
    if (folder != null) {
      folder.flush(to, hot);
    }
  }

  /** Lets go of the memory of journals that nothing has been appended to. */
  void coolAll() {
    cool(Set.of());
  }

  private void cool(Set<Journal> written) {
    for (Journal journal : warm) {
      JournalFolder folder = folders.apply(journal);
      if (folder != null && !written.contains(journal)) {
        folder.cool();
      }
    }
    warm = new HashSet<>(written);
  }
}
