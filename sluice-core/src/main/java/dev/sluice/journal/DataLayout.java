package dev.sluice.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is where in a data directory, and whether one may be used. */
final class DataLayout {
  /** Format 1 knew neither writers' sequences nor the origins of forks; it can be read. */
  private static final int FORMAT = 2;

  private static final String FORMAT_FILE = "format";
  private static final String NEW_FORMAT_FILE = "format.new";
  private static final String LOCK_FILE = "lock";
  private static final Pattern FORMAT_TEXT = Pattern.compile("sluice data ([0-9]{1,9})\n");

  private DataLayout() {}

  static Path journals(Path root) {
    return root.resolve("journals");
  }

  static Path gone(Path root) {
    return root.resolve("gone");
  }

  static Path logs(Path root) {
    return root.resolve("log");
  }

  /** Name of a journal's directory. */
  static String directoryName(String journalName) {
    return journalName.replace('/', '+');
  }

  static String journalName(String directoryName) {
    return directoryName.replace('+', '/');
  }

  /**
   * Locks a directory and checks that it is one of ours; makes it so if it is empty.
   *
   * @return ends the lock
   */
  static Closeable open(Disk disk, Path root) throws IOException {
    try {
      makeRoot(disk, root);
      if (isForeign(disk.list(root))) {
        throw new IOException(
            "it holds other files and is not a data directory; name an empty or a new one");
      }
      Closeable lock = disk.lock(root.resolve(LOCK_FILE));
      try {
        checkFormat(disk, root);
        for (Path directory : List.of(journals(root), logs(root), gone(root))) {
          disk.createDirectory(directory); // refuses what is a link
        }
        disk.sync(root);
        return lock;
      } catch (IOException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new IOException("data directory " + root + ": " + DiskErrors.reason(e), e);
    }
  }

  /** The root itself may be a link, and its parents may be missing: the user named it. */
  private static void makeRoot(Disk disk, Path root) throws IOException {
    if (disk instanceof SystemDisk && !Files.isDirectory(root)) {
      Files.createDirectories(root);
      Path parent = root.toAbsolutePath().getParent();
      if (parent != null) {
        disk.sync(parent);
      }
    } else if (!(disk instanceof SystemDisk)) {
      disk.createDirectory(root);
    }
  }

  private static boolean isForeign(List<String> names) {
    Set<String> harmless = Set.of(LOCK_FILE, NEW_FORMAT_FILE, "lost+found");
    return !names.contains(FORMAT_FILE) && !harmless.containsAll(names);
  }

  private static void checkFormat(Disk disk, Path root) throws IOException {
    Path file = root.resolve(FORMAT_FILE);
    if (!disk.list(root).contains(FORMAT_FILE)) {
      writeFormat(disk, root, file);
      return;
    }
    Matcher matcher = FORMAT_TEXT.matcher(text(disk, file));
    if (!matcher.matches()) {
      throw new IOException("its file " + FORMAT_FILE + " is damaged");
    }
    int found = Integer.parseInt(matcher.group(1));
    if (found > FORMAT) {
      throw new IOException(
          "a newer Sluice wrote it (format %s, this one knows %d); update Sluice"
              .formatted(matcher.group(1), FORMAT));
    }
    if (found < FORMAT) {
      writeFormat(disk, root, file);
    }
  }

  private static void writeFormat(Disk disk, Path root, Path file) throws IOException {
    byte[] text = ("sluice data " + FORMAT + "\n").getBytes(StandardCharsets.US_ASCII);
    Path written = root.resolve(NEW_FORMAT_FILE);
    try (DiskFile out = disk.open(written, true)) {
      out.write(ByteBuffer.wrap(text), 0);
      out.force();
    }
    disk.rename(written, file);
  }

  private static String text(Disk disk, Path path) throws IOException {
    try (DiskFile file = disk.open(path, false)) {
      ByteBuffer bytes = ByteBuffer.allocate(100);
      int length = file.read(bytes, 0);
      return new String(bytes.array(), 0, length, StandardCharsets.US_ASCII);
    }
  }
}
