package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Puts the older bytes of a journal into temporary files that have no name, so that nothing is left
 * of them however the process ends.
 *
 * <p>Thread: that which appends; files are written by a storage thread. An append waits for that
 * when twice as much is in memory as may be.
 */
final class Spill implements SegmentHome {
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");
  private static final long SEGMENT_BYTES = 64L * 1024 * 1024;

  private final Disk disk;
  private final Path directory;
  private final long memoryBytesMax;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final Semaphore done = new Semaphore(0);
  private volatile boolean failed;

  /**
   * A spill.
   *
   * @param directory where temporary files are made
   * @param memoryBytesMax how many bytes are in memory before it begins
   */
  Spill(Disk disk, Path directory, long memoryBytesMax) {
    this.disk = disk;
    this.directory = directory;
    this.memoryBytesMax = memoryBytesMax;
  }

  /** Called after an append: keeps memory, and all, within bounds. */
  void keep(Journal journal) {
    Contents contents = journal.contents();
    if (contents.memoryBytes() <= memoryBytesMax) {
      return;
    }
    if (busy.compareAndSet(false, true)) {
      done.drainPermits();
      StorageThreads.execute(() -> spill(journal));
    }
    if (contents.memoryBytes() > 2 * memoryBytesMax) {
      done.acquireUninterruptibly();
    }
  }

  private void spill(Journal journal) {
    Contents contents = journal.contents();
    long keepFrom = fullBlocksEnd(contents, contents.tail() - memoryBytesMax / 2);
    try {
      if (!failed) {
        SegmentWriter.flush(contents, this, keepFrom);
      }
    } catch (IOException e) {
      failed = true;
      LOG.log(
          System.Logger.Level.ERROR,
          "temporary files of journal {0} in {1}: {2}; from now on only the latest {3} MiB are kept",
          journal.name(),
          directory,
          DiskErrors.reason(e),
          memoryBytesMax >> 20);
    } finally {
      contents.evictBlocks(keepFrom);
      long kept = contents.tail() - journal.options().retention().bytes();
      dropFiles(contents, journal.deleted() ? Long.MAX_VALUE : kept);
      busy.set(false);
      done.release();
    }
  }

  /** Records stay as they are: what was sent of them in part is encoded again from the file. */
  private static long fullBlocksEnd(Contents contents, long before) {
    long end = contents.memoryFrom();
    for (Block block : contents.blocks()) {
      if (block.end() <= before && block.room() == 0) {
        end = block.end();
      }
    }
    return end;
  }

  private static void dropFiles(Contents contents, long keepFrom) {
    for (SegmentFile dropped : contents.dropFilesBefore(keepFrom)) {
      dropped.dispose();
    }
  }

  @Override
  public SegmentFile create(long base) throws IOException {
    var data = new UnnamedFile(disk.temporary(directory));
    try {
      var index = new UnnamedFile(disk.temporary(directory));
      return new SegmentFile("without a name in " + directory, data::use, index::use, base) {
        @Override
        void dispose() {
          super.dispose();
          data.dispose();
          index.dispose();
        }
      };
    } catch (IOException e) {
      data.dispose();
      throw e;
    }
  }

  @Override
  public boolean isFull(SegmentFile file, long end) {
    return end - file.base() >= SEGMENT_BYTES;
  }

  @Override
  public boolean safe() {
    return false;
  }

  @Override
  public void sync() {
    // Nothing of it outlives the process.
  }
}
