package dev.sluice.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** Finds the segment files of a journal, and cuts what a crash has left of the last one. */
final class SegmentFolder {
  private static final int ENTRIES_AT_ONCE = 1024;
  private static final Pattern DATA = Pattern.compile("([0-9]{16})\\.data");

  private SegmentFolder() {}

  /**
   * Finds them. What the log has of them is cut: the process that wrote it was killed, and may not
   * have written all; and what it has may not be safe, although it can be read.
   *
   * @param sharedTo position up to which they are another journal's too
   * @param cutFrom position from which on the log has the bytes
   * @param gone whether the directory is not the journal's any more: its name may be another's
   */
  static List<SegmentFile> load(
      Disk disk, Path directory, long sharedTo, long cutFrom, BooleanSupplier gone)
      throws IOException {
    List<Long> bases = bases(disk, directory);
    while (!bases.isEmpty() && bases.getLast() >= Math.max(cutFrom, sharedTo)) {
      long base = bases.removeLast();
      disk.delete(directory.resolve(SegmentFile.dataName(base)));
      disk.delete(directory.resolve(SegmentFile.indexName(base)));
    }
    List<SegmentFile> files = new ArrayList<>(bases.size());
    for (int i = 0; i < bases.size(); i++) {
      long base = bases.get(i);
      SegmentFile file = segment(disk, directory, base, gone);
      if (i < bases.size() - 1) {
        file.found(bases.get(i + 1), 0);
      } else if (base < sharedTo) {
        file.found(sharedTo, 0);
        file.seal();
      } else {
        findEnd(file, cutFrom);
      }
      files.add(file);
    }
    return files;
  }

  private static List<Long> bases(Disk disk, Path directory) throws IOException {
    List<Long> bases = new ArrayList<>();
    for (String name : disk.list(directory)) {
      var matcher = DATA.matcher(name);
      if (matcher.matches()) {
        bases.add(Long.valueOf(matcher.group(1)));
      }
    }
    bases.sort(null);
    return bases;
  }

  /** A segment file of a directory. */
  static SegmentFile segment(Disk disk, Path directory, long base, BooleanSupplier gone) {
    Path data = directory.resolve(SegmentFile.dataName(base));
    Path index = directory.resolve(SegmentFile.indexName(base));
    return new SegmentFile(
        data.toString(), () -> open(disk, data, gone), () -> open(disk, index, gone), base);
  }

  /** Looks whether it is gone after it has opened it: before, it was the right one. */
  private static DiskFile open(Disk disk, Path path, BooleanSupplier gone) throws IOException {
    if (gone.getAsBoolean()) {
      throw new DroppedException(path.toString());
    }
    DiskFile file;
    try {
      file = disk.open(path, false);
    } catch (NoSuchFileException e) {
      throw gone.getAsBoolean() ? new DroppedException(path.toString()) : e;
    }
    if (gone.getAsBoolean()) {
      file.close();
      throw new DroppedException(path.toString());
    }
    return file;
  }

  /** How many entries there are that end before a position, and where the last of them does. */
  private record Sound(int count, int end) {}

  private static Sound soundUpTo(DiskFile index, long limit) throws IOException {
    int count = (int) (index.size() / IndexEntry.BYTES);
    ByteBuffer entries = ByteBuffer.allocate(ENTRIES_AT_ONCE * IndexEntry.BYTES);
    while (count > 0) {
      int first = Math.max(0, count - ENTRIES_AT_ONCE);
      entries.clear().limit((count - first) * IndexEntry.BYTES);
      index.read(entries, (long) first * IndexEntry.BYTES);
      for (int entry = count - 1; entry >= first; entry--) {
        entries.limit(entries.capacity()).position((entry - first) * IndexEntry.BYTES);
        IndexEntry read = IndexEntry.get(entries);
        if (read != null && read.end() <= limit) {
          return new Sound(entry + 1, read.end());
        }
      }
      count = first;
    }
    return new Sound(0, 0);
  }

  private static void findEnd(SegmentFile file, long cutFrom) throws IOException {
    try (DiskFile data = file.openData();
        DiskFile index = file.openIndex()) {
      Sound sound = soundUpTo(index, cutFrom - file.base());
      long indexSize = (long) sound.count() * IndexEntry.BYTES;
      if (cutFrom != JournalFolder.NOWHERE) {
        data.truncate(Math.min(data.size(), sound.end()));
        index.truncate(indexSize);
      }
      file.found(file.base() + sound.end(), sound.count());
      if (data.size() != sound.end() || index.size() != indexSize) {
        file.found(file.base() + Math.max(sound.end(), data.size()), sound.count());
        file.seal(); // damaged: nothing is written over what may be mended yet
      }
    } catch (NoSuchFileException e) { // its index: whoever reads it will say so
      try (DiskFile data = file.openData()) {
        file.found(file.base() + data.size(), 0);
        file.seal();
      }
    }
  }
}
