package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Makes journals in a data directory: under no name until all of one is there.
 *
 * <p>Thread safety: all methods; they block on the disk, and are for storage threads.
 */
final class JournalMaker {
  private final Disk disk;
  private final JournalPaths paths;
  private final Appender appender;

  JournalMaker(Disk disk, JournalPaths paths, Appender appender) {
    this.disk = disk;
    this.paths = paths;
    this.appender = appender;
  }

  /**
   * Makes one.
   *
   * @param first null for none
   * @param source what it begins with, or null
   * @param survey knows the other forks of that
   * @return it, when it is safe that it is there
   */
  JournalFolder make(
      JournalMeta meta,
      @Nullable Append first,
      @Nullable JournalFolder source,
      ForkList.Survey survey,
      JournalLimits limits)
      throws IOException {
    Path made = paths.made(meta.identity().id());
    Path path = paths.of(meta.identity().name());
    try {
      disk.createDirectory(made);
      if (source == null) {
        JournalFolder.writeMeta(disk, made, meta);
        disk.sync(made);
      } else {
        source.fork(made, meta, survey);
      }
      if (first != null) {
        JournalFolder.load(disk, made, appender, JournalFolder.NOWHERE).begin(first, limits);
      }
      disk.rename(made, path);
      return loadNew(path, made);
    } catch (IOException | RuntimeException e) {
      clearNew(made, e);
      throw e;
    }
  }

  private JournalFolder loadNew(Path path, Path made) throws IOException {
    try {
      paths.sync();
      return JournalFolder.load(disk, path, appender, JournalFolder.NOWHERE);
    } catch (IOException | RuntimeException e) {
      paths.rename(path, made); // the name is free again
      throw e;
    }
  }

  /** Not before it is safe that it has no name: a crash must not give it back, emptied. */
  private void clearNew(Path made, Exception why) {
    try {
      paths.makeSafe();
      paths.clear(made);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }
}
