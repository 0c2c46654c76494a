package dev.sluice.streams;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A line of JSON for each piece of output, and one for a command's end.
 *
 * <pre>
 *   {"offset":"…","time":"2026-11-22T09:00:00.123456Z","kind":"stdout","text":"hi\n"}
 * </pre>
 *
 * @param only the kind that is sent, or null for all
 */
public record NdjsonEncoding(@Nullable Kind only) implements Encoding {
  private static final byte[] OFFSET = Json.ascii("{\"offset\":\"");
  private static final byte[] TIME = Json.ascii("\",\"time\":");
  private static final byte[] KIND = Json.ascii(",\"kind\":\"");
  private static final byte[] DATA = Json.ascii("\",");
  private static final byte[] END = Json.ascii("}\n");

  @Override
  public String type() {
    return "application/x-ndjson";
  }

  @Override
  public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
    return Pieces.encode(journal, only, from, to, last, frame, NdjsonEncoding::put);
  }

  private static void put(Piece piece, FrameBuffer out) {
    putStart(piece.end(), piece.micros(), out);
    out.put(KIND).put(KindNames.of(piece.kind())).put(DATA);
    Json.putData(piece, out);
    out.put(END);
  }

  private static void putStart(long position, long micros, FrameBuffer out) {
    out.put(OFFSET);
    Json.putOffset(position, out);
    out.put(TIME);
    Json.putTime(micros, out);
  }

  @Override
  public byte[] gap(long from, long to) {
    var out = new FrameBuffer().put(OFFSET);
    Json.putOffset(to, out);
    out.put('"').put(KIND).put("gap").put(DATA).put(Json.range(from, to)).put(END);
    return bytes(out);
  }

  @Override
  public byte[] ending(Journal journal, Ending ending) {
    var out = new FrameBuffer();
    Instant closed = journal.closed();
    if (ending.status() != null && closed != null) {
      long micros = closed.getEpochSecond() * 1_000_000 + closed.getNano() / 1000;
      putStart(journal.tail().position(), micros, out);
      out.put(KIND).put("exit").put(DATA).put(Json.status(ending)).put(END);
    }
    return bytes(out);
  }

  private static byte[] bytes(FrameBuffer out) {
    return Arrays.copyOf(out.array(), out.size());
  }
}
