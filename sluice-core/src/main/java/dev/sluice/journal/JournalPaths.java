package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories of journals: how they get their names and lose them.
 *
 * <p>Thread safety: all methods; they block on the disk, and are for storage threads.
 */
final class JournalPaths {
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  /** Names of journals never begin with that. */
  private static final String UNNAMED = "-";

  private final Disk disk;
  private final Path directory;
  private final Object turn = new Object();
  private boolean unsafe;

  JournalPaths(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /** Finds the names of journals, and clears away what was being made or deleted. */
  List<String> find() throws IOException {
    List<String> entries = disk.list(directory);
    if (entries.stream().anyMatch(entry -> entry.startsWith(UNNAMED))) {
      disk.sync(directory); // before it is emptied: a crash must not give it its name back
    }
    List<String> names = new ArrayList<>();
    for (String entry : entries) {
      String name = DataLayout.journalName(entry);
      if (entry.startsWith(UNNAMED)) {
        clear(directory.resolve(entry));
      } else if (isName(name) && isOurs(directory.resolve(entry))) {
        names.add(name);
      }
    }
    return names;
  }

  /** Whatever is behind a link is not ours. */
  private boolean isOurs(Path path) throws IOException {
    boolean ours = disk.isDirectory(path);
    if (!ours) {
      LOG.log(System.Logger.Level.WARNING, "{0} is no directory and left alone", path);
    }
    return ours;
  }

  private static boolean isName(String name) {
    try {
      return new JournalName(name).text().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The directory of a journal. */
  Path of(String name) {
    return directory.resolve(DataLayout.directoryName(name));
  }

  /** Where a journal is made that has no name yet. */
  Path made(String id) {
    return directory.resolve(UNNAMED + "new-" + id);
  }

  /** Where a journal is that was deleted. */
  Path deleted(String id) {
    return directory.resolve(UNNAMED + "deleted-" + id);
  }

  /** Takes a directory its name, or gives it back; that is not safe yet. */
  void rename(Path from, Path to) throws IOException {
    synchronized (turn) {
      disk.rename(from, to);
      unsafe = true;
    }
  }

  /** Makes safe what names there are. */
  void makeSafe() throws IOException {
    synchronized (turn) {
      if (unsafe) {
        disk.sync(directory);
        unsafe = false;
      }
    }
  }

  /** Makes safe that there is a new one. */
  void sync() throws IOException {
    disk.sync(directory);
  }

  /** Deletes a directory that is nobody's any more; what remains is for the next start. */
  void clear(Path unnamed) {
    try {
      if (disk.isDirectory(unnamed)) {
        for (String name : disk.list(unnamed)) {
          disk.delete(unnamed.resolve(name));
        }
      }
      disk.delete(unnamed);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} is not deleted: {1}", unnamed, e.getMessage());
    }
  }
}
