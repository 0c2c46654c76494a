package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;

/** Makes segment files in a directory. */
final class TestHome implements SegmentHome {
  private final Disk disk;
  private final Path directory;
  private final long segmentBytes;

  TestHome(Disk disk, Path directory, long segmentBytes) {
    this.disk = disk;
    this.directory = directory;
    this.segmentBytes = segmentBytes;
  }

  @Override
  public SegmentFile create(long base) throws IOException {
    disk.open(directory.resolve(SegmentFile.dataName(base)), true).close();
    disk.open(directory.resolve(SegmentFile.indexName(base)), true).close();
    return open(base);
  }

  /** One that is there. */
  SegmentFile open(long base) {
    Path data = directory.resolve(SegmentFile.dataName(base));
    Path index = directory.resolve(SegmentFile.indexName(base));
    return new SegmentFile(
        data.toString(), () -> disk.open(data, false), () -> disk.open(index, false), base);
  }

  @Override
  public boolean isFull(SegmentFile file, long end) {
    return end - file.base() >= segmentBytes;
  }

  @Override
  public boolean safe() {
    return true;
  }

  @Override
  public void sync() throws IOException {
    disk.sync(directory);
  }
}
