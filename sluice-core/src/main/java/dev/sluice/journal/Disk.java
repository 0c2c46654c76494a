package dev.sluice.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The few things that journals ask of a file system, so that a test can be one that fails.
 *
 * <p>What was written is safe after {@link DiskFile#force}; what was done to names in a directory
 * after {@link #sync}. Until then a crash may keep any part of it. Symbolic links are not followed
 * at the last step of a path.
 */
interface Disk {
  /**
   * Opens a file for reading and writing.
   *
   * @param create whether to create it if it is missing
   * @throws java.nio.file.NoSuchFileException if it is missing
   */
  DiskFile open(Path file, boolean create) throws IOException;

  /** Creates a file that has no name, and is gone when it is closed. */
  DiskFile temporary(Path directory) throws IOException;

  /** Whether there is a directory of that name, and not a link to one. */
  boolean isDirectory(Path directory) throws IOException;

  /** Creates a directory; one that is there already is as good. */
  void createDirectory(Path directory) throws IOException;

  /** The names in a directory, in any order. */
  List<String> list(Path directory) throws IOException;

  /** Gives a file or directory another name, in one step; replaces a file of that name. */
  void rename(Path from, Path to) throws IOException;

  /** Gives a file a second name. */
  void link(Path link, Path existing) throws IOException;

  /** Deletes a file or an empty directory, if it is there. Who has it open goes on. */
  void delete(Path path) throws IOException;

  /** Makes what was done to the names in a directory safe. */
  void sync(Path directory) throws IOException;

  /**
   * Locks a file, created if missing, against other processes.
   *
   * @return ends the lock
   * @throws IOException if another one has it; the message says who, if that is known
   */
  Closeable lock(Path file) throws IOException;
}
