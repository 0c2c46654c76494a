package dev.sluice.journal;

import java.io.IOException;
import java.time.Instant;
import java.util.Random;

/** What a journal holds in which every byte tells its position, and so does its kind. */
final class PositionBytes {
  /** How many bytes of a kind follow each other. */
  static final int RUN = 5000;

  private PositionBytes() {}

  private static byte byteAt(long position) {
    return (byte) (position * 31 + (position >>> 8) * 7 + (position >>> 20));
  }

  private static Kind kindAt(long position) {
    return position / RUN % 2 == 0 ? Kind.STDOUT : Kind.STDERR;
  }

  /** Appends some bytes of one kind; returns the new tail. */
  static long append(Journal journal, long tail, Random random) throws IOException {
    byte[] bytes = new byte[1 + random.nextInt(RUN - (int) (tail % RUN))];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = byteAt(tail + i);
    }
    Instant time = Instant.ofEpochSecond(0, tail * 100);
    long end = journal.append(kindAt(tail), time, bytes, 0, bytes.length).position();
    if (end != tail + bytes.length) {
      throw new AssertionError("%d bytes at %d end at %d".formatted(bytes.length, tail, end));
    }
    return end;
  }

  /** Checks what it is given, and that it comes without a gap. */
  static final class Checker implements RecordSink {
    private long position;

    Checker(long from) {
      position = from;
    }

    long position() {
      return position;
    }

    @Override
    public void accept(Kind kind, long micros, long end, byte[] bytes, int offset, int length) {
      if (length < 1 || end != position + length) {
        throw new AssertionError("%d bytes up to %d after %d".formatted(length, end, position));
      }
      for (int i = 0; i < length; i++, position++) {
        if (bytes[offset + i] != byteAt(position) || kind != kindAt(position)) {
          throw new AssertionError("a wrong byte at " + position);
        }
      }
    }
  }
}
