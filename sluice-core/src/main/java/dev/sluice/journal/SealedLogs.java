package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The complete files of the log, whose appends are not all in segment files yet. What they hold is
 * in memory too: there are so many at most.
 *
 * <p>Thread safety: all methods.
 */
final class SealedLogs {
  private static final int COUNT_MAX = 4;

  private final Disk disk;
  private final Path directory;
  private final Deque<SealedLog> logs = new ArrayDeque<>();
  private @Nullable IOException failure;

  SealedLogs(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /**
   * Takes one, on the thread that appends. No record in segment files goes across its end, so that
   * they can be cut there.
   */
  void add(Path path, Set<Journal> journals) {
    Map<Journal, Long> tails = new LinkedHashMap<>();
    for (Journal journal : journals) {
      journal.state().takeSnapshot();
      tails.put(journal, journal.contents().sealRecords());
    }
    synchronized (this) {
      logs.add(new SealedLog(path, tails));
    }
  }

  /**
   * Waits until there is room for one more.
   *
   * @throws IOException if segment files cannot be written
   */
  synchronized void awaitRoom() throws IOException {
    while (logs.size() >= COUNT_MAX) {
      IOException why = failure;
      if (why != null) {
        throw why;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e); // nobody interrupts storage threads
      }
    }
  }

  /** Segment files cannot be written; who waits for that is told why. */
  synchronized void failed(IOException why) {
    failure = why;
    notifyAll();
  }

  synchronized @Nullable SealedLog oldest() {
    return logs.peek();
  }

  synchronized boolean isEmpty() {
    return logs.isEmpty();
  }

  /** Everything in the oldest is in segment files now. */
  void drop(SealedLog oldest) throws IOException {
    disk.delete(oldest.path());
    disk.sync(directory);
    synchronized (this) {
      logs.remove(oldest);
      failure = null;
      notifyAll();
    }
  }
}
