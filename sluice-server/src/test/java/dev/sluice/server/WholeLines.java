package dev.sluice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.Headers;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A journal's lines; one that has no end is held back until it has, or the journal is closed, or it
 * is longer than a frame. Each frame says at its beginning and at its end how far it was asked to
 * go, so that a frame which is made again for another end is seen to be another one.
 *
 * @param stride how many bytes of the journal become a frame at most
 * @param lifetime as {@link Encoding#lifetime}
 * @param calls counts what was encoded
 */
record WholeLines(int stride, Duration lifetime, AtomicInteger calls) implements Encoding {
  WholeLines(int stride, Duration lifetime) {
    this(stride, lifetime, new AtomicInteger());
  }

  @Override
  public String type() {
    return "application/x-lines";
  }

  @Override
  public List<String> trailerNames() {
    return List.of("X-Closed");
  }

  @Override
  public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
    calls.incrementAndGet();
    long[] lineEnd = {from};
    long most = Math.min(to, from + stride);
    boolean read =
        journal.read(
            from,
            most,
            (kind, micros, after, bytes, offset, length) -> {
              for (int i = 0; i < length; i++) {
                if (bytes[offset + i] == '\n') {
                  lineEnd[0] = after - length + i + 1;
                }
              }
            });
    if (!read) {
      return -1;
    }
    long end = lineEnd[0] == from && (last || most < to) ? most : lineEnd[0];
    if (end > from) {
      frame.put(line("from", from, end, to));
      var _ =
          journal.read(
              from,
              end,
              (kind, micros, after, bytes, offset, length) -> frame.put(bytes, offset, length));
      frame.put(line("asked", from, end, to));
    }
    return end;
  }

  private static byte[] line(String what, long from, long end, long asked) {
    return "%s %d %d %d\n".formatted(what, from, end, asked).getBytes(US_ASCII);
  }

  @Override
  public Headers trailers(Ending ending) {
    return Headers.of("X-Closed", "yes");
  }

  @Override
  public byte[] heartbeat() {
    return "beat\n".getBytes(US_ASCII);
  }

  /** What a client gets, checked. */
  static final class Reader {
    private final InputStream body;
    private final List<String> data = new ArrayList<>();
    private long position;
    private int beats;

    Reader(InputStream body, long from) {
      this.body = body;
      this.position = from;
    }

    int beats() {
      return beats;
    }

    /** Reads to where so much of the journal is there. */
    Reader readTo(long end) throws IOException {
      while (position < end) {
        item();
      }
      return this;
    }

    /** Reads so many heartbeats, and nothing else. */
    Reader readBeats(int count) throws IOException {
      long before = position;
      for (int until = beats + count; beats < until; ) {
        item();
      }
      if (position != before) {
        throw new AssertionError("told what was to be held back");
      }
      return this;
    }

    /** Reads to the end, which must be told. */
    Reader readToEnd() throws IOException {
      while (item()) {
        // until the end
      }
      return this;
    }

    /** What was read since the last call. */
    String take() {
      String all = String.join("", data);
      data.clear();
      return all;
    }

    private boolean item() throws IOException {
      String line = line();
      if (line.isEmpty()) {
        return false;
      }
      if (line.equals("beat")) {
        beats++;
        return true;
      }
      String[] head = line.split(" ", -1);
      if (!head[0].equals("from") || Long.parseLong(head[1]) != position) {
        throw new AssertionError("at " + position + ": " + line);
      }
      position = Long.parseLong(head[2]);
      int count = (int) (position - Long.parseLong(head[1]));
      data.add(new String(body.readNBytes(count), US_ASCII));
      String tail = line();
      if (!tail.equals("asked" + line.substring("from".length()))) {
        throw new AssertionError("begun as " + line + ", gone on as " + tail);
      }
      return true;
    }

    private String line() throws IOException {
      var line = new StringBuilder();
      for (int b = body.read(); b >= 0 && b != '\n'; b = body.read()) {
        line.append((char) b);
      }
      return line.toString();
    }
  }
}
