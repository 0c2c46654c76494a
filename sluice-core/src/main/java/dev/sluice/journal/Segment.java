package dev.sluice.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A stretch of a journal: its bytes, and where each record in it ends.
 *
 * <p>Thread safety: one writer. A reader may read what is before a tail that it took from the
 * journal, and the records that {@link #recordCount} counts. The end of the last record may grow
 * while it is read; readers cut it at their tail.
 */
final class Segment {
  static final int BYTES = 256 * 1024;

  /** A journal in which little happens takes little. */
  private static final int BYTES_AT_FIRST = 1024;

  private static final int RECORDS_AT_FIRST = 16;
  private static final VarHandle COUNT;

  static {
    try {
      COUNT = MethodHandles.lookup().findVarHandle(Segment.class, "recordCount", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long base;
  private byte[] bytes = new byte[BYTES_AT_FIRST];
  private int used;
  private int[] ends = new int[RECORDS_AT_FIRST];
  private Kind[] kinds = new Kind[RECORDS_AT_FIRST];
  private long[] times = new long[RECORDS_AT_FIRST];
  private int recordCount;

  /**
   * An empty segment.
   *
   * @param base position of its first byte in the journal
   */
  Segment(long base) {
    this.base = base;
  }

  long base() {
    return base;
  }

  byte[] bytes() {
    return bytes;
  }

  int room() {
    return BYTES - used;
  }

  /**
   * Adds bytes that fit; to the last record, if that is of the same kind and came just before.
   *
   * @param mergeMicros up to which age a record takes more
   */
  void append(Kind kind, long micros, byte[] source, int offset, int length, long mergeMicros) {
    if (used + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.clamp(2L * (used + length), bytes.length, BYTES));
    }
    System.arraycopy(source, offset, bytes, used, length);
    used += length;
    int last = recordCount - 1;
    if (last >= 0 && kinds[last] == kind) {
      long age = micros - times[last]; // negative if the clock was set back
      if (age >= 0 && age < mergeMicros) {
        ends[last] = used;
        return;
      }
    }
    int next = recordCount;
    if (next == ends.length) {
      ends = Arrays.copyOf(ends, next * 2);
      kinds = Arrays.copyOf(kinds, next * 2);
      times = Arrays.copyOf(times, next * 2);
    }
    ends[next] = used;
    kinds[next] = kind;
    times[next] = micros;
    COUNT.setRelease(this, next + 1);
  }

  int recordCount() {
    return (int) COUNT.getAcquire(this);
  }

  /** Index of the record that holds a byte which is before the reader's tail. */
  int recordAt(int index) {
    int low = 0;
    int high = recordCount() - 1;
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

  int recordEnd(int record) {
    return ends[record];
  }

  Kind recordKind(int record) {
    return kinds[record];
  }

  long recordTime(int record) {
    return times[record];
  }
}
