package dev.sluice.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment by its open files, and checks what it reads.
 *
 * <p>Thread: the one that opened them.
 */
final class SegmentReader {
  private static final int ENTRIES_AT_ONCE = 1024;
  private static final int DAMAGED = Integer.MAX_VALUE;
  private static final ThreadLocal<ByteBuffer> CHECKED =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(Block.BYTES));

  private final DiskFile data;
  private final DiskFile index;
  private final long base;
  private final ByteBuffer entries = ByteBuffer.allocate(ENTRIES_AT_ONCE * IndexEntry.BYTES);
  private ByteBuffer bytes;
  private int bytesFrom;

  SegmentReader(DiskFile data, DiskFile index, long base) {
    this(data, index, base, ByteBuffer.allocate(0));
  }

  private SegmentReader(DiskFile data, DiskFile index, long base, ByteBuffer bytes) {
    this.data = data;
    this.index = index;
    this.base = base;
    this.bytes = bytes.limit(0);
    entries.limit(0);
  }

  /**
   * Reads the records from one position to another.
   *
   * @throws DamagedException if a record or its index entry is not sound; those before it have been
   *     given to the sink
   */
  void read(long from, long to, @Nullable RecordSink sink) throws IOException {
    int first = (int) (from - base);
    int until = (int) (to - base);
    int count = (int) (index.size() / IndexEntry.BYTES);
    int entry = entryAt(first, count);
    int start = entry == 0 ? 0 : endOf(entry - 1);
    if (start > first) {
      throw new DamagedException(
          from, base + soundEnd(entry, first), "entry " + entry + " of its index");
    }
    entries.limit(0);
    while (start < until) {
      IndexEntry record = next(entry);
      if (record == null || record.end() <= start) {
        throw new DamagedException(
            base + start, base + soundEnd(entry + 1, start), "entry " + entry + " of its index");
      }
      deliver(record, start, first, until, sink);
      start = record.end();
      entry++;
    }
  }

  /** One that looks whether records are sound, and copies less than one that hands them on. */
  static SegmentReader checking(DiskFile data, DiskFile index, long base) {
    return new SegmentReader(data, index, base, CHECKED.get());
  }

  /**
   * Checks the records of a stretch.
   *
   * @throws DamagedException if one is not sound
   */
  void check(long from, long to) throws IOException {
    read(from, to, null);
  }

  private @Nullable IndexEntry next(int entry) throws IOException {
    if (!entries.hasRemaining()) {
      entries.clear();
      int read = index.read(entries, (long) entry * IndexEntry.BYTES);
      entries.flip().limit(read - read % IndexEntry.BYTES);
    }
    return entries.hasRemaining() ? IndexEntry.get(entries) : null;
  }

  /** Where a sound record ends behind an entry that is not. */
  private long soundEnd(int entry, int after) throws IOException {
    int count = (int) (index.size() / IndexEntry.BYTES);
    for (int at = entry; at < count; at++) {
      int end = endOf(at);
      if (end > after && end != DAMAGED) {
        return end;
      }
    }
    return Long.MAX_VALUE - base;
  }

  private void deliver(
      IndexEntry record, int start, int first, int until, @Nullable RecordSink sink)
      throws IOException {
    ByteBuffer whole = bytes(start, record.end(), until);
    if (whole == null || IndexEntry.checksum(whole.duplicate()) != record.checksum()) {
      throw new DamagedException(
          base + start,
          base + record.end(),
          whole == null ? "it ends too early" : "the checksum of a record is wrong");
    }
    int from = Math.max(start, first);
    int to = Math.min(record.end(), until);
    if (from < to && sink != null) {
      sink.accept(
          record.kind(),
          record.micros(),
          base + to,
          whole.array(),
          whole.arrayOffset() + whole.position() + from - start,
          to - from);
    }
  }

  /** The bytes of a record; those up to a position are read in the same go. Null if too few. */
  private @Nullable ByteBuffer bytes(int from, int to, int until) throws IOException {
    if (to > bytesFrom + bytes.limit()) {
      int wanted = Math.max(to - from, Math.min(until - from, Block.BYTES));
      if (bytes.capacity() < wanted) {
        bytes = ByteBuffer.allocate(wanted);
      }
      bytes.clear().limit(wanted);
      int read = data.read(bytes, from);
      bytes.position(0).limit(read);
      bytesFrom = from;
      if (read < to - from) {
        return null;
      }
    }
    return bytes.duplicate().limit(to - bytesFrom).position(from - bytesFrom);
  }

  /** The entry whose record holds a byte, or a damaged one before that. */
  private int entryAt(int at, int count) throws IOException {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int sound = middle;
      while (sound < high && endOf(sound) == DAMAGED) {
        sound++;
      }
      if (endOf(sound) > at) {
        high = middle;
      } else {
        low = sound + 1;
      }
    }
    return low;
  }

  private int endOf(int entry) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(IndexEntry.BYTES);
    index.read(one, (long) entry * IndexEntry.BYTES);
    IndexEntry read = one.hasRemaining() ? null : IndexEntry.get(one.flip());
    return read == null ? DAMAGED : read.end();
  }
}
