package dev.sluice.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Records that were read on one thread, for another. */
final class RecordCopy implements RecordSink {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Copied(Kind kind, long micros, long end, byte[] bytes) {}

  private final List<Copied> records = new ArrayList<>();

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

  /** Appends them as they came. */
  void appendTo(Journal journal) throws IOException {
    for (Copied record : records) {
      var _ =
          journal.append(
              record.kind(),
              Micros.toInstant(record.micros()),
              record.bytes(),
              0,
              record.bytes().length);
    }
  }
}
