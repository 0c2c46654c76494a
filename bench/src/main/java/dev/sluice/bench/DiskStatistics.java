package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the disk below a directory has done so far, on account of all processes.
 *
 * @param flushes how often it emptied its cache; several that come at once count as one
 * @param bytesWritten bytes that were written to it
 */
record DiskStatistics(long flushes, long bytesWritten) {
  private static final int SECTOR_BYTES = 512;
  private static final int SECTORS_WRITTEN = 6;
  private static final int FLUSHES = 15;

  /** Now; zeros if the system does not tell. Linux 5.5 or newer does, of a disk as a whole. */
  static DiskStatistics of(Path directory) throws IOException {
    long device = (Long) Files.getAttribute(directory, "unix:dev");
    long major = (device >> 8) & 0xfff;
    long minor = (device & 0xff) | ((device >> 12) & 0xfff00);
    Path file = Path.of("/sys/dev/block/%d:%d/stat".formatted(major, minor));
    if (!Files.exists(file)) {
      return new DiskStatistics(0, 0);
    }
    String[] fields = Files.readString(file).strip().split("\\s+", -1);
    return new DiskStatistics(
        fields.length > FLUSHES ? Long.parseLong(fields[FLUSHES]) : 0,
        Long.parseLong(fields[SECTORS_WRITTEN]) * SECTOR_BYTES);
  }

  DiskStatistics since(DiskStatistics before) {
    return new DiskStatistics(flushes - before.flushes, bytesWritten - before.bytesWritten);
  }
}
