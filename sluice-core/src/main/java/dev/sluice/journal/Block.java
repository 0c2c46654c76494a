package dev.sluice.journal;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a journal in memory: its bytes, and where each record in it ends.
 *
 * <p>Thread safety: one writer. What a reader finds after it has taken {@link #end} is all that is
 * before that. The end of the last record may grow while it is read; readers cut it.
 */
final class Block {
  static final int BYTES = 256 * 1024;

  /** Records of one kind that are this close become one. */
  private static final long MERGE_MICROS = 1000;

  /** A journal in which little happens takes little. */
  private static final int BYTES_AT_FIRST = 1024;

  private static final int RECORDS_AT_FIRST = 4;

  /** An end, a kind and a time. */
  private static final int RECORD_BYTES = 16;

  private final long base;
  private final MemoryRoom room;
  private final AtomicInteger holders = new AtomicInteger(1);
  private volatile byte[] bytes = new byte[BYTES_AT_FIRST];
  private volatile Records records = new Records(RECORDS_AT_FIRST);
  private volatile int recordCount;
  private volatile int used;
  private boolean lastSealed;

  /** Arrays that are replaced together when they grow. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Records(int[] ends, Kind[] kinds, long[] times) {
    Records(int count) {
      this(new int[count], new Kind[count], new long[count]);
    }

    Records grown() {
      int count = ends.length * 2;
      return new Records(
          Arrays.copyOf(ends, count), Arrays.copyOf(kinds, count), Arrays.copyOf(times, count));
    }
  }

  /**
   * An empty block.
   *
   * @param base position of its first byte in the journal
   * @param room what it takes its memory of
   */
  Block(long base, MemoryRoom room) {
    this.base = base;
    this.room = room;
    room.take(heldBytes());
  }

  /** One more journal has it. */
  void hold() {
    holders.incrementAndGet();
  }

  /** One journal has it no more, and appends nothing to it. */
  void letGo() {
    if (holders.decrementAndGet() == 0) {
      room.give(heldBytes());
    }
  }

  private long heldBytes() {
    return bytes.length + (long) records.ends().length * RECORD_BYTES;
  }

  long base() {
    return base;
  }

  /** Position after its last byte. */
  long end() {
    return base + used;
  }

  int room() {
    return BYTES - used;
  }

  /** Adds bytes that fit; to the last record, if that is of the same kind and came just before. */
  void append(Kind kind, long micros, byte[] source, int offset, int length) {
    long held = heldBytes();
    int start = used;
    int end = start + length;
    byte[] target = bytes;
    if (end > target.length) {
      target = Arrays.copyOf(target, Math.clamp(2L * end, target.length, BYTES));
    }
    System.arraycopy(source, offset, target, start, length);
    bytes = target;
    addRecord(kind, micros, end);
    used = end; // publishes it
    long more = heldBytes() - held;
    if (more > 0) {
      room.take(more);
    }
  }

  private void addRecord(Kind kind, long micros, int end) {
    Records now = records;
    int last = recordCount - 1;
    if (last >= 0 && now.kinds()[last] == kind && !lastSealed) {
      long age = micros - now.times()[last]; // negative if the clock was set back
      if (age >= 0 && age < MERGE_MICROS) {
        now.ends()[last] = end;
        return;
      }
    }
    lastSealed = false;
    int next = recordCount;
    if (next == now.ends().length) {
      now = now.grown();
      records = now;
    }
    now.ends()[next] = end;
    now.kinds()[next] = kind;
    now.times()[next] = micros;
    recordCount = next + 1;
  }

  /** The last record grows no more: it is written to a file as it is. */
  void sealLast() {
    lastSealed = true;
  }

  /**
   * Reads records.
   *
   * @param from index of the first byte
   * @param until index after the last one, at most where it has been seen to end
   */
  void read(int from, int until, RecordSink sink) {
    if (from >= until) {
      return;
    }
    Records now = records; // before the count, which may have grown beyond these
    int count = Math.min(recordCount, now.ends().length);
    byte[] source = bytes;
    int index = from;
    for (int record = recordAt(now.ends(), count, from); index < until; record++) {
      int end = Math.min(now.ends()[record], until);
      sink.accept(now.kinds()[record], now.times()[record], base + end, source, index, end - index);
      index = end;
    }
  }

  /** The one of some, in order, that holds a position, or null. */
  static @Nullable Block at(List<Block> blocks, long position) {
    int low = 0;
    int high = blocks.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Block block = blocks.get(middle);
      if (block.base() > position) {
        high = middle - 1;
      } else if (block.end() <= position) {
        low = middle + 1;
      } else {
        return block;
      }
    }
    return null;
  }

  /** The record that holds a byte. */
  private static int recordAt(int[] ends, int count, int index) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle] > index) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
