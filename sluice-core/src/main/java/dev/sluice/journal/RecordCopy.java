package dev.sluice.journal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Records that were read on one thread, for another. */
final class RecordCopy implements RecordSink {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Copied(Kind kind, long micros, long end, byte[] bytes) {}

  /** How much is read from files at once for a thread that is not to touch them. */
  private static final int BYTES_AT_ONCE = 1024 * 1024;

  private final List<Copied> records = new ArrayList<>();

  /**
   * Reads the records from one position to another; on a storage thread, unless they are in memory.
   *
   * @return whether all of it was there
   */
  static boolean read(Contents contents, long from, long to, RecordSink sink) {
    if (contents.readMemory(from, to, sink)) {
      return true;
    }
    for (long at = from; at < to; at += BYTES_AT_ONCE) {
      long begin = at;
      long end = Math.min(to, begin + BYTES_AT_ONCE);
      var copy = new RecordCopy();
      boolean whole = StorageThreads.call(() -> contents.read(begin, end, copy));
      copy.replay(sink);
      if (!whole) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void accept(Kind kind, long micros, long end, byte[] bytes, int offset, int length) {
    records.add(new Copied(kind, micros, end, Arrays.copyOfRange(bytes, offset, offset + length)));
  }

  void replay(RecordSink sink) {
    for (Copied record : records) {
      sink.accept(
          record.kind(), record.micros(), record.end(), record.bytes(), 0, record.bytes().length);
    }
  }
}
