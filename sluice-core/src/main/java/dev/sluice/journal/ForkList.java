package dev.sluice.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which forks were made of a journal: a file in its directory, a line {@code NAME@ID} for each. It
 * is written before there is the fork, so it lists some that never came to be, and some that are
 * not there any more.
 *
 * <p>Thread: one at a time, by the monitor of the folder.
 */
final class ForkList {
  private static final String FILE = "forks";
  private static final Pattern LINE = Pattern.compile("([^@\n\0]+@[0-9a-f]{8})\n");
  private static final long BYTES_MAX = 64L * 1024 * 1024;
  private static final int COUNT_UNPRUNED = 64;

  /** Who knows other journals. */
  @FunctionalInterface
  interface Survey {
    /** Those that may be there; of the others it is safe that they are not. */
    List<String> present(List<String> forks) throws IOException;
  }

  private final Disk disk;
  private final Path directory;
  private @Nullable List<String> forks;
  private long end;
  private int pruneAt = COUNT_UNPRUNED;

  ForkList(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  static String name(String fork) {
    return fork.substring(0, fork.lastIndexOf('@'));
  }

  static String id(String fork) {
    return fork.substring(fork.lastIndexOf('@') + 1);
  }

  /** All of them, in the order in which they were made. */
  List<String> all() throws IOException {
    List<String> known = forks;
    if (known == null) {
      known = read();
      forks = known;
    }
    return known;
  }

  private List<String> read() throws IOException {
    try (DiskFile file = disk.open(directory.resolve(FILE), false)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), BYTES_MAX));
      file.read(bytes, 0);
      String text = new String(bytes.array(), StandardCharsets.US_ASCII);
      List<String> found = new ArrayList<>();
      int start = 0;
      for (Matcher line = LINE.matcher(text); line.lookingAt(); line.region(start, text.length())) {
        found.add(line.group(1));
        start = line.end();
      }
      end = start; // what is behind was being written when the power failed
      return found;
    } catch (NoSuchFileException e) {
      end = 0;
      return new ArrayList<>();
    }
  }

  /** Adds one, and makes it safe; now and then those are left out that are not there any more. */
  void add(String fork, Survey survey) throws IOException {
    List<String> known = all();
    if (known.size() >= pruneAt) {
      known = new ArrayList<>(survey.present(known));
      rewrite(known);
      forks = known;
      pruneAt = Math.max(COUNT_UNPRUNED, 2 * known.size());
    }
    byte[] line = (fork + "\n").getBytes(StandardCharsets.US_ASCII);
    try (DiskFile file = disk.open(directory.resolve(FILE), true)) {
      file.truncate(end);
      file.write(ByteBuffer.wrap(line), end);
      file.force();
    }
    disk.sync(directory);
    end += line.length;
    known.add(fork);
  }

  private void rewrite(List<String> kept) throws IOException {
    Path written = directory.resolve(FILE + ".new");
    byte[] text = kept.isEmpty() ? new byte[0] : text(kept);
    try (DiskFile file = disk.open(written, true)) {
      file.truncate(0);
      file.write(ByteBuffer.wrap(text), 0);
      file.force();
    }
    disk.rename(written, directory.resolve(FILE));
    end = text.length;
  }

  private static byte[] text(List<String> lines) {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
