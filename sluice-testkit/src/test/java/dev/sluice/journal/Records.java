package dev.sluice.journal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps the records of one read, and checks that they follow each other. */
final class Records implements RecordSink {
  private final List<String> shown = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final StringBuilder kinds = new StringBuilder();
  private long position;

  /** Reads a stretch that must be there. */
  static Records of(Journal journal, long from, long to) {
    Records records = new Records(from);
    if (!journal.read(from, to, records)) {
      throw new AssertionError("%d to %d is not kept".formatted(from, to));
    }
    if (records.position != to) {
      throw new AssertionError("up to %d instead of %d".formatted(records.position, to));
    }
    return records;
  }

  /** Reads all that a journal keeps. */
  static Records of(Journal journal) {
    return of(journal, journal.start().position(), journal.tail().position());
  }

  Records(long from) {
    position = from;
  }

  @Override
  public void accept(Kind kind, long micros, long end, byte[] source, int offset, int length) {
    if (length < 1 || end != position + length) {
      throw new AssertionError("%d bytes up to %d after %d".formatted(length, end, position));
    }
    position = end;
    bytes.write(source, offset, length);
    kinds.append((kind == Kind.STDOUT ? "o" : "e").repeat(length));
    shown.add(
        "%s %d %s"
            .formatted(kind, micros, new String(source, offset, length, StandardCharsets.UTF_8)));
  }

  /** Each as kind, microseconds and text. */
  List<String> shown() {
    return shown;
  }

  /** How many there were. */
  int count() {
    return shown.size();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The kind of each byte: {@code o} or {@code e}. */
  String kinds() {
    return kinds.toString();
  }
}
