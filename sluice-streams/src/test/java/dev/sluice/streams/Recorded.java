package dev.sluice.streams;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** A journal that a test fills, at times that the test knows. */
final class Recorded {
  private static final Instant BEGIN = Instant.parse("2026-11-22T09:00:00.123456Z");

  final Journal journal;
  private Instant now = BEGIN;

  Recorded() {
    this(Long.MAX_VALUE);
  }

  Recorded(long bytesKept) {
    journal = new Journal("build", bytesKept);
  }

  /** Appends text a second after what was appended last. */
  Recorded add(Kind kind, String text) {
    return add(kind, text.getBytes(StandardCharsets.UTF_8));
  }

  Recorded add(Kind kind, byte[] bytes) {
    journal.append(kind, now, bytes, 0, bytes.length);
    now = now.plusSeconds(1);
    return this;
  }

  Recorded out(String text) {
    return add(Kind.STDOUT, text);
  }

  Recorded err(String text) {
    return add(Kind.STDERR, text);
  }

  Recorded close(int status) {
    journal.close(new Ending(status, null));
    return this;
  }

  /** All that an encoding makes of it, without opening and ending. */
  byte[] encoded(Encoding encoding) {
    var all = new ByteArrayOutputStream();
    var frame = new FrameBuffer();
    long tail = journal.tail().position();
    for (long position = 0; position < tail; ) {
      frame.clear();
      position = encoding.encode(journal, position, tail, frame);
      all.write(frame.array(), 0, frame.size());
    }
    return all.toByteArray();
  }

  /** The same as text, with the journal's identity as ID. */
  String text(Encoding encoding) {
    return text(encoded(encoding));
  }

  String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).replace("@" + journal.id(), "@ID");
  }

  /** One frame. */
  static byte[] bytes(FrameBuffer frame) {
    return Arrays.copyOf(frame.array(), frame.size());
  }
}
