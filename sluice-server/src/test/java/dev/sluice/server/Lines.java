package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link LineFollow} has encoded, and checks that each record follows the one before.
 */
final class Lines {
  private final InputStream in;
  private final byte @Nullable [] expected;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final StringBuilder kinds = new StringBuilder();
  private long position;
  private int gaps;
  private int beats;
  private boolean opened;
  private boolean ended;

  Lines(InputStream in, long from) {
    this(in, from, null);
  }

  /** Checks the bytes, too. */
  Lines(InputStream in, long from, byte @Nullable [] expected) {
    this.in = in;
    this.position = from;
    this.expected = expected;
  }

  /** Reads to the end, which must be said. */
  Lines readToEnd() throws IOException {
    while (next()) {
      // Checks are in there.
    }
    assertEquals(true, ended, "the end was said");
    return this;
  }

  /** Reads until so many heartbeats have come. */
  Lines readToBeat(int count) throws IOException {
    while (beats < count) {
      assertEquals(true, next());
    }
    return this;
  }

  /** Reads until this position is reached. */
  Lines readTo(long target) throws IOException {
    while (position < target) {
      assertEquals(true, next());
    }
    return this;
  }

  private boolean next() throws IOException {
    String line = line();
    if (line.isEmpty()) {
      return false;
    }
    assertFalse(ended, () -> "after the end: " + line);
    String[] words = line.split(" ", -1);
    long first = Long.parseLong(words[1]);
    int second = Math.toIntExact(Long.parseLong(words[2]));
    switch (words[0]) {
      case "open" -> {
        assertFalse(opened, "opened twice");
        opened = true;
      }
      case "stdout", "stderr" -> record(words[0], first, second);
      case "gap" -> {
        assertEquals(position, first);
        position = second;
        gaps++;
      }
      case "beat" -> beats++;
      case "end" -> {
        assertEquals(position, first);
        ended = true;
      }
      default -> throw new AssertionError("not an item: " + line);
    }
    return true;
  }

  private void record(String kind, long end, int length) throws IOException {
    assertEquals(position + length, end);
    byte[] bytes = in.readNBytes(length);
    assertEquals(length, bytes.length);
    assertEquals('\n', in.read());
    if (expected != null) {
      int from = Math.toIntExact(position);
      assertArrayEquals(Arrays.copyOfRange(expected, from, from + length), bytes);
    }
    data.writeBytes(bytes);
    kinds.append((kind.equals("stdout") ? "o" : "e").repeat(length));
    position = end;
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        assertEquals(0, line.size(), "an item that is not whole");
        return "";
      }
      line.write(b);
    }
    return line.toString(ISO_8859_1);
  }

  byte[] data() {
    return data.toByteArray();
  }

  /** The kind of each byte: {@code o} or {@code e}. */
  String kinds() {
    return kinds.toString();
  }

  int gaps() {
    return gaps;
  }

  int beats() {
    return beats;
  }

  boolean opened() {
    return opened;
  }
}
