package dev.sluice.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The directory of one journal: its metadata, and its segment files.
 *
 * <p>Thread safety: all methods take turns; they block on the disk, and are for storage threads.
 */
final class JournalFolder implements SegmentHome {
  static final long NOWHERE = Long.MAX_VALUE;

  private static final String META = "meta";
  private static final long META_BYTES_MAX = 64L * 1024 * 1024;

  private static final long SEGMENT_BYTES_MAX = 64L * 1024 * 1024;
  private static final long SEGMENT_BYTES_MIN = 256L * 1024;

  private final Disk disk;
  private final Path path;
  private final Journal journal;
  private final ForkList forks;
  private JournalMeta meta;
  private volatile boolean gone;
  private boolean namesUnsafe;

  private JournalFolder(Disk disk, Path path, JournalMeta meta, Appender appender, long cutFrom)
      throws IOException {
    this.disk = disk;
    this.path = path;
    this.meta = meta;
    this.forks = new ForkList(disk, path);
    List<SegmentFile> files =
        SegmentFolder.load(disk, path, meta.forkedAt(), cutFrom, this::isGone);
    // Without files, what the log has is the beginning: retention has dropped what was before.
    long begin = cutFrom == NOWHERE ? 0 : cutFrom;
    long tail = files.isEmpty() ? begin : files.getLast().end();
    var state = new AppendState();
    state.tail(Math.max(tail, meta.forkedAt()));
    state.restore(meta.state());
    this.journal = new Journal(meta.identity(), new Contents(files, state.tail()), state, appender);
  }

  /**
   * Loads a journal.
   *
   * @param cutFrom position from which on the log has its bytes; {@link #NOWHERE} if it has none
   */
  static JournalFolder load(Disk disk, Path path, Appender appender, long cutFrom)
      throws IOException {
    try {
      return new JournalFolder(disk, path, readMeta(disk, path), appender, cutFrom);
    } catch (IOException e) {
      throw new IOException(
          "the journal in %s cannot be opened: %s; mend it, or move it away to go on without it"
              .formatted(path, DiskErrors.reason(e)),
          e);
    }
  }

  static JournalMeta readMeta(Disk disk, Path path) throws IOException {
    try (DiskFile file = disk.open(path.resolve(META), false)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), META_BYTES_MAX));
      file.read(bytes, 0);
      return JournalMeta.decode(bytes.array());
    }
  }

  /** Writes a metadata file; its name is not safe yet. */
  static void writeMeta(Disk disk, Path directory, JournalMeta meta) throws IOException {
    Path written = directory.resolve(META + ".new");
    try (DiskFile file = disk.open(written, true)) {
      byte[] bytes = meta.encode();
      file.truncate(0);
      file.write(ByteBuffer.wrap(bytes), 0);
      file.force();
    }
    disk.rename(written, directory.resolve(META));
  }

  Journal journal() {
    return journal;
  }

  JournalIdentity identity() {
    return meta.identity();
  }

  private boolean isGone() {
    return gone;
  }

  /**
   * Writes what is in memory to segment files, and makes it safe; then what else is known of the
   * journal.
   *
   * @param to position up to which; the log before it is sealed
   * @param hotBytes how many of the latest bytes stay in memory
   */
  synchronized void flush(long to, long hotBytes) throws IOException {
    if (isGone()) {
      return;
    }
    Contents contents = journal.contents();
    AppendState.Snapshot snapshot = journal.state().snapshot();
    SegmentWriter.flush(contents, this, to);
    sync();
    if (snapshot != null) {
      JournalMeta next = meta.with(snapshot);
      writeMeta(disk, path, next);
      disk.sync(path);
      meta = next;
      journal.state().saved(snapshot);
    }
    contents.evictBlocks(Math.min(to, contents.tail() - hotBytes));
    retain();
  }

  /** Puts in the first append, while the journal has no name yet. */
  synchronized void begin(Append first, JournalLimits limits) throws IOException {
    AppendState state = journal.state();
    AppendResult refused = state.check(first, journal.contents().start(), journal, limits);
    if (refused != null) {
      throw new IllegalArgumentException("the first append of " + journal + ": " + refused);
    }
    var _ = state.advance(first);
    journal.apply(first);
    state.takeSnapshot();
    flush(journal.contents().sealRecords(), 0);
  }

  /** Lets go of the memory that files stand in for. */
  synchronized void cool() {
    List<SegmentFile> files = journal.contents().files();
    if (!files.isEmpty()) {
      journal.contents().evictBlocks(files.getLast().end());
    }
  }

  /** Deletes segment files that need not be kept. */
  synchronized void retain() throws IOException {
    Contents contents = journal.contents();
    Retention retention = journal.options().retention();
    List<SegmentFile> files = contents.files();
    int drop = 0;
    while (!isGone() && drop < files.size() - 1 && isOver(files, drop, contents, retention)) {
      drop++;
    }
    List<SegmentFile> dropped = contents.dropFiles(drop);
    if (dropped.isEmpty()) {
      return;
    }
    for (SegmentFile file : dropped) {
      file.dispose();
      disk.delete(path.resolve(SegmentFile.dataName(file.base())));
    }
    disk.sync(path); // bytes without an index would be damage
    for (SegmentFile file : dropped) {
      disk.delete(path.resolve(SegmentFile.indexName(file.base())));
    }
  }

  private static boolean isOver(
      List<SegmentFile> files, int at, Contents contents, Retention retention) {
    long next = files.get(at + 1).base();
    if (contents.tail() - next >= retention.bytes()) {
      return true;
    }
    Duration age = retention.age();
    return age != null && files.get(at + 1).isOlderThan(age);
  }

  /** What is done to the directory of a journal that is deleted. */
  @FunctionalInterface
  interface Removal {
    /**
     * Gives it a name that no journal has.
     *
     * @param forks those that were made of the journal; no more are
     */
    void run(List<String> forks) throws IOException;
  }

  /** Nothing is read from the directory from then on: its name may become another journal's. */
  synchronized void discard(Removal removal) throws IOException {
    gone = true;
    try {
      removal.run(forks.all());
    } catch (IOException e) {
      gone = false;
      throw e;
    }
  }

  /**
   * Makes the directory of a journal that begins with what this one holds, by sharing segment
   * files.
   *
   * @param directory an empty one
   * @param fork what it is; all before its beginning is in segment files, and in no log
   * @param survey knows which other forks are there
   */
  synchronized void fork(Path directory, JournalMeta fork, ForkList.Survey survey)
      throws IOException {
    if (isGone()) {
      throw JournalGoneException.source(journal);
    }
    long at = fork.forkedAt();
    Contents contents = journal.contents();
    if (at < contents.start() || at > SegmentWriter.flushedTo(contents)) {
      throw new IllegalArgumentException(
          "a fork of %s at %d: it holds %s to %s"
              .formatted(journal, at, journal.start(), journal.tail()));
    }
    forks.add(fork.identity().toString(), survey);
    for (SegmentFile file : new ArrayList<>(contents.files())) {
      if (file.base() < at) {
        for (String name :
            List.of(SegmentFile.dataName(file.base()), SegmentFile.indexName(file.base()))) {
          disk.link(directory.resolve(name), path.resolve(name));
        }
      }
    }
    writeMeta(disk, directory, fork);
    disk.sync(directory);
  }

  // The home of its segments.

  @Override
  public SegmentFile create(long base) throws IOException {
    namesUnsafe = true;
    disk.open(path.resolve(SegmentFile.dataName(base)), true).close();
    disk.open(path.resolve(SegmentFile.indexName(base)), true).close();
    return SegmentFolder.segment(disk, path, base, this::isGone);
  }

  @Override
  public boolean isFull(SegmentFile file, long end) {
    Retention retention = journal.options().retention();
    long most = Math.clamp(retention.bytes() / 8, SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX);
    Duration age = retention.age();
    return end - file.base() >= most || (age != null && file.isOlderThan(age.dividedBy(8)));
  }

  @Override
  public boolean safe() {
    return true;
  }

  @Override
  public void sync() throws IOException {
    if (namesUnsafe) {
      disk.sync(path);
      namesUnsafe = false;
    }
  }
}
