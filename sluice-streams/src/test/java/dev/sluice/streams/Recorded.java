package dev.sluice.streams;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimitException;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.Kind;
import dev.sluice.journal.MemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
    this(new Journal("build", bytesKept));
  }

  Recorded(Journal journal) {
    this.journal = journal;
  }

  /** What serves it, and it alone. */
  Journals journals() {
    return journalsOf(journal);
  }

  static Journals journalsOf(Journal... all) {
    var store = new MemoryStore(JournalLimits.defaults());
    for (Journal each : all) {
      add(store, each);
    }
    return new Journals(store);
  }

  static void add(MemoryStore store, Journal journal) {
    try {
      store.add(journal);
    } catch (JournalLimitException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Appends text a second after what was appended last. */
  Recorded add(Kind kind, String text) {
    return add(kind, text.getBytes(StandardCharsets.UTF_8));
  }

  Recorded add(Kind kind, byte[] bytes) {
    try {
      journal.append(kind, now, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    try {
      journal.close(new Ending(status, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** All that an encoding makes of it, without opening and ending. */
  byte[] encoded(Encoding encoding) {
    var all = new ByteArrayOutputStream();
    var frame = new FrameBuffer();
    long tail = journal.tail().position();
    for (long position = 0; position < tail; ) {
      frame.clear();
      position = encoding.encode(journal, position, tail, journal.endsAt(tail), frame);
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
