package dev.sluice.journal;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Keeps the records of one read, and checks that they follow each other. */
final class Records implements RecordSink {
  private record Part(Kind kind, long micros, int length) {}

  private final List<Part> parts = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
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

  /** Reads a stretch that must be there. */
  static Records of(Contents contents, long from, long to) {
    Records records = new Records(from);
    if (!contents.read(from, to, records) || records.position != to) {
      throw new AssertionError("%d to %d ends at %d".formatted(from, to, records.position));
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
    parts.add(new Part(kind, micros, length));
  }

  /** Each as kind, microseconds and text. */
  List<String> shown() {
    List<String> shown = new ArrayList<>();
    byte[] all = bytes.toByteArray();
    int from = 0;
    for (Part part : parts) {
      String text = new String(all, from, part.length(), StandardCharsets.UTF_8);
      shown.add("%s %d %s".formatted(part.kind(), part.micros(), text));
      from += part.length();
    }
    return shown;
  }

  /** Each as kind, microseconds and length; those joined that are of one kind and time. */
  List<String> joined() {
    List<Part> joined = new ArrayList<>();
    for (Part part : parts) {
      Part last = joined.isEmpty() ? null : joined.getLast();
      if (last != null && last.kind() == part.kind() && last.micros() == part.micros()) {
        joined.removeLast();
        joined.add(new Part(part.kind(), part.micros(), last.length() + part.length()));
      } else {
        joined.add(part);
      }
    }
    return joined.stream().map(Part::toString).toList();
  }

  /** The position after the last. */
  long position() {
    return position;
  }

  /** How many there were. */
  int count() {
    return parts.size();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The kind of each byte: {@code o} or {@code e}. */
  String kinds() {
    var kinds = new StringBuilder();
    for (Part part : parts) {
      kinds.append((part.kind() == Kind.STDOUT ? "o" : "e").repeat(part.length()));
    }
    return kinds.toString();
  }
}
