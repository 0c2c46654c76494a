package dev.sluice.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Journals in a directory, which belongs to one process at a time.
 *
 * <pre>
 *   format                                 what wrote it
 *   lock                                   who has it open
 *   gone/NAME                              what was deleted before its forks
 *   log/0000000000000007.log               appends that are not in segment files yet
 *   journals/NAME/meta                     what is settled about a journal; / in names is +
 *   journals/NAME/forks                    which forks were made of it
 *   journals/NAME/0000000000000000.data    its bytes as they are, from that position on
 *   journals/NAME/0000000000000000.index   where its records end, when they came, checksums
 * </pre>
 *
 * <p>An append is acknowledged when the log is safe on disk, and with it what many producers have
 * appended meanwhile; see {@link CommitLog}. What is in the log is in memory too; a {@link
 * Checkpoint} moves it to segment files. When the process is killed, the log is read at the next
 * start. Journals are opened when they are asked for.
 *
 * <p>Damage that cannot come from a crash is told by the name of the file and the offset, to the
 * logger {@code dev.sluice.journal}; the rest stays readable.
 *
 * <p>Thread safety: all methods. They may be called by a thread that is interrupted: files are
 * touched by storage threads.
 */
public final class DataDirectory implements JournalStore {
  private final Path root;
  private final JournalLimits limits;
  private final Closeable lock;
  private final JournalFolders folders;
  private final Committer committer;
  private final Housekeeping housekeeping;
  private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();
  private boolean closed;

  private DataDirectory(Path root, JournalLimits limits, DataTuning tuning, Disk disk)
      throws IOException {
    this.root = root;
    this.limits = limits;
    this.lock = DataLayout.open(disk, root);
    try {
      var logs = new LogReplay(disk, DataLayout.logs(root));
      var sealed = new SealedLogs(disk, DataLayout.logs(root));
      CommitLog log =
          new CommitLog(
              disk, DataLayout.logs(root), limits, tuning.logBytes(), logs.nextNumber(), sealed);
      this.committer = new Committer(log, sealed, this::checkpointSoon, tuning);
      this.folders = new JournalFolders(disk, root, committer);
      replay(logs, sealed);
      this.housekeeping = new Housekeeping(root, folders, log, sealed, committer, tuning);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void replay(LogReplay logs, SealedLogs sealed) throws IOException {
    try {
      logs.run(folders, sealed);
    } catch (IOException e) {
      throw new IOException("data directory " + root + ": " + DiskErrors.reason(e), e);
    }
  }

  /**
   * Opens a directory; makes it if it is not there.
   *
   * @throws IOException if it is another process's, not a data directory, of a newer version, or
   *     damaged; the message says what to do
   */
  public static DataDirectory open(Path directory, JournalLimits limits) throws IOException {
    return open(directory, limits, DataTuning.of(directory), new SystemDisk());
  }

  static DataDirectory open(Path directory, JournalLimits limits, DataTuning tuning, Disk disk)
      throws IOException {
    DataDirectory opened =
        StorageThreads.callIo(() -> new DataDirectory(directory, limits, tuning, disk));
    opened.committer.start();
    opened.housekeeping.start();
    return opened;
  }

  /** What is done while the directory is open. */
  private <T extends @Nullable Object> T open(StorageThreads.IoTask<T> task) throws IOException {
    life.readLock().lock();
    try {
      if (closed) {
        throw new IOException("the data directory " + root + " is closed");
      }
      return task.call();
    } finally {
      life.readLock().unlock();
    }
  }

  @Override
  public @Nullable Journal find(String name) throws IOException {
    return open(() -> {
      Journal journal = folders.find(name);
      boolean gone = journal == null || folders.deleteIfExpired(journal) || journal.deleted();
      return gone ? null : journal;
    });
  }

  @Override
  public Opened open(String name, JournalOptions options, @Nullable Append first)
      throws IOException {
    return open(() -> create(name, options, first, null, Offset.ZERO));
  }

  @Override
  public Opened fork(
      String name, Journal source, Offset at, JournalOptions options, @Nullable Append first)
      throws IOException {
    return open(() -> create(name, options, first, source, at));
  }

  @Override
  public boolean isGone(String name) throws IOException {
    return open(() -> folders.isGone(name));
  }

  private Opened create(
      String name,
      JournalOptions options,
      @Nullable Append first,
      @Nullable Journal source,
      Offset at)
      throws IOException {
    String checked = new JournalName(name).text();
    Journal found = find(checked);
    if (found != null) {
      return new Opened(found, false);
    }
    if (folders.isGone(checked)) {
      throw JournalGoneException.name(checked);
    }
    folders.dropExpired(limits.journalsMax());
    if (source != null) {
      checkpoint(); // what is shared must not be in a log any more
    }
    Origin origin = source == null ? null : new Origin(source.name(), source.id(), at);
    var meta =
        new JournalMeta(
            JournalIdentity.of(checked, options, origin), at.position(), AppendState.Snapshot.NEW);
    try {
      return folders.create(meta, first, source, limits);
    } catch (IOException e) {
      throw DiskErrors.describe(e, root);
    }
  }

  @Override
  public boolean delete(Journal journal) throws IOException {
    return open(() -> folders.delete(journal));
  }

  @Override
  public List<String> names() {
    return folders.names();
  }

  @Override
  public JournalLimits limits() {
    return limits;
  }

  /** Where it is. */
  public Path path() {
    return root;
  }

  private void checkpointSoon() {
    housekeeping.checkpointSoon();
  }

  /** Moves everything from the log to segment files. */
  void checkpoint() throws IOException {
    housekeeping.checkpointNow();
  }

  /**
   * Ends all appends, and moves everything to segment files, so that the next start is quick. Waits
   * for what is under way; a second call waits for the first.
   */
  @Override
  public void close() throws IOException {
    life.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        closeAll();
      }
    } finally {
      life.writeLock().unlock();
    }
  }

  private void closeAll() throws IOException {
    try {
      housekeeping.close();
    } finally {
      lock.close();
    }
  }
}
