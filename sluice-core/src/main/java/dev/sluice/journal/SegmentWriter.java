package dev.sluice.journal;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a journal has in memory into its segment files. What it writes is settled already:
 * where it fails, the next one writes the same bytes to the same place.
 *
 * <p>A file is made safe before the next one is begun, so that after a crash only the last may be
 * torn.
 *
 * <p>Thread: a storage thread, one at a time for each journal.
 */
final class SegmentWriter implements Closeable {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int ENTRIES = 1024;

  private final Contents contents;
  private final SegmentHome home;
  private final ByteBuffer bytes;
  private final ByteBuffer entries;
  private @Nullable SegmentFile segment;
  private @Nullable DiskFile data;
  private @Nullable DiskFile index;
  private long end;
  private long written;
  private int entryCount;
  private int entriesWritten;

  private SegmentWriter(Contents contents, SegmentHome home, long length) {
    this.bytes = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, length));
    this.entries = ByteBuffer.allocate((int) Math.min(ENTRIES, length) * IndexEntry.BYTES);
    this.contents = contents;
    this.home = home;
  }

  /**
   * Flushes.
   *
   * @param to position up to which; at most the tail
   */
  static void flush(Contents contents, SegmentHome home, long to) throws IOException {
    for (long from = flushedTo(contents); from < to; from = flushedTo(contents)) {
      flushStretch(contents, home, from, Math.min(to, stretchEnd(contents, from)));
    }
  }

  private static void flushStretch(Contents contents, SegmentHome home, long from, long to)
      throws IOException {
    try (var writer = new SegmentWriter(contents, home, to - from)) {
      writer.continueLast(from);
      if (!contents.read(from, to, writer::accept)) {
        throw new IOException("what is to be written at " + from + " is no longer in memory");
      }
      writer.finish();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Position up to which all is in files, but for what is not there at all. */
  static long flushedTo(Contents contents) {
    List<SegmentFile> files = contents.files();
    long end = files.isEmpty() ? 0 : files.getLast().end();
    for (Block block : contents.blocks()) {
      if (block.end() > end) {
        return Math.max(end, block.base());
      }
    }
    return Math.max(end, contents.tail());
  }

  /** Where a stretch without holes ends in memory. */
  private static long stretchEnd(Contents contents, long from) {
    long end = from;
    for (Block block : contents.blocks()) {
      if (block.base() <= end) {
        end = Math.max(end, block.end());
      }
    }
    return end;
  }

  private void continueLast(long from) throws IOException {
    List<SegmentFile> files = contents.files();
    SegmentFile last = files.isEmpty() ? null : files.getLast();
    if (last != null && last.end() == from && !last.isSealed() && !home.isFull(last, from)) {
      open(last);
    }
  }

  private void open(SegmentFile file) throws IOException {
    segment = file;
    data = file.openData();
    index = file.openIndex();
    end = file.end();
    written = end;
    entryCount = file.entryCount();
    entriesWritten = entryCount;
  }

  private void accept(
      Kind kind, long micros, long recordEnd, byte[] source, int offset, int length) {
    try {
      SegmentFile now = segment;
      if (now == null || home.isFull(now, end)) {
        finish();
        SegmentFile next = home.create(recordEnd - length);
        contents.addFile(next);
        open(next);
      }
      add(kind, micros, recordEnd, source, offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(Kind kind, long micros, long recordEnd, byte[] source, int offset, int length)
      throws IOException {
    if (bytes.remaining() < length || !entries.hasRemaining()) {
      write();
    }
    bytes.put(source, offset, length); // a record is not longer than a block
    end = recordEnd;
    SegmentFile now = Objects.requireNonNull(segment);
    int checksum = IndexEntry.checksum(ByteBuffer.wrap(source, offset, length));
    new IndexEntry((int) (end - now.base()), checksum, micros, kind).put(entries);
    entryCount++;
  }

  private void write() throws IOException {
    SegmentFile now = segment;
    DiskFile toData = data;
    DiskFile toIndex = index;
    if (now == null || toData == null || toIndex == null) {
      return;
    }
    toData.write(bytes.flip(), written - now.base());
    toIndex.write(entries.flip(), (long) entriesWritten * IndexEntry.BYTES);
    bytes.clear();
    entries.clear();
    written = end;
    entriesWritten = entryCount;
  }

  private void finish() throws IOException {
    SegmentFile now = segment;
    DiskFile toData = data;
    DiskFile toIndex = index;
    if (now == null || toData == null || toIndex == null) {
      return;
    }
    write();
    if (home.safe()) {
      toData.force();
      toIndex.force();
      home.sync(); // before there is a next one: a file is not missing in between
    }
    now.publish(end, entryCount);
    close();
    segment = null;
  }

  @Override
  public void close() throws IOException {
    DiskFile first = data;
    DiskFile second = index;
    data = null;
    index = null;
    try {
      if (first != null) {
        first.close();
      }
    } finally {
      if (second != null) {
        second.close();
      }
    }
  }
}
