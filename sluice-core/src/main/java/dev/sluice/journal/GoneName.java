package dev.sluice.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a journal that was deleted before its forks: a file with a checksum line, the
 * journal's identity, and a line {@code NAME@ID} for each fork. It is read when it is asked for.
 *
 * <p>Thread safety: all methods.
 */
final class GoneName {
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");
  private static final String CHECKSUM = "#crc32c ";
  private static final long BYTES_MAX = 64L * 1024 * 1024;

  /**
   * What the file says.
   *
   * @param id identity of the journal
   * @param forks those that may be there, as {@link ForkList} has them
   */
  record Content(String id, List<String> forks) {}

  private final Disk disk;
  private final Path file;
  private final String name;
  private @Nullable Content content;

  /** One that has a file. */
  GoneName(Disk disk, Path file, String name) {
    this.disk = disk;
    this.file = file;
    this.name = name;
  }

  /** Writes the file, by way of another name; that it is there is not safe yet. */
  void write(Path written, Content what) throws IOException {
    var lines = new StringBuilder(what.id()).append('\n');
    what.forks().forEach(fork -> lines.append(fork).append('\n'));
    byte[] body = lines.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] head = (CHECKSUM + checksum(body) + "\n").getBytes(StandardCharsets.US_ASCII);
    try (DiskFile out = disk.open(written, true)) {
      out.truncate(0);
      out.write(ByteBuffer.wrap(head), 0);
      out.write(ByteBuffer.wrap(body), head.length);
      out.force();
    }
    disk.rename(written, file);
    synchronized (this) {
      content = what;
    }
  }

  private static String checksum(byte[] body) {
    return HexFormat.of().toHexDigits(IndexEntry.checksum(ByteBuffer.wrap(body)));
  }

  String name() {
    return name;
  }

  Path file() {
    return file;
  }

  /** What the file says; one that is damaged, that there are no forks. */
  synchronized Content content() throws IOException {
    Content known = content;
    if (known == null) {
      known = StorageThreads.callIo(this::read);
      content = known;
    }
    return known;
  }

  private Content read() throws IOException {
    try (DiskFile in = disk.open(file, false)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(in.size(), BYTES_MAX));
      in.read(bytes, 0);
      String text = new String(bytes.array(), StandardCharsets.US_ASCII);
      String body = text.substring(text.indexOf('\n') + 1);
      List<String> lines = body.lines().toList();
      String head = CHECKSUM + checksum(body.getBytes(StandardCharsets.US_ASCII)) + "\n";
      if (lines.isEmpty() || !text.startsWith(head)) {
        LOG.log(System.Logger.Level.WARNING, "{0} is damaged: the name is free", file);
        return new Content("", List.of());
      }
      return new Content(lines.getFirst(), lines.subList(1, lines.size()));
    }
  }
}
