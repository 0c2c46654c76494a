package dev.sluice.streams;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events (WHATWG HTML, section 9.2): an event for each piece of output, then how it
 * ended.
 *
 * <pre>
 *   id: 0000000000000000_0000000000000003@5f3a9c01
 *   event: stdout
 *   data: {"text":"hi\n"}
 * </pre>
 *
 * <p>Two of them are equal if their frames are, however they open: viewers share those.
 */
public final class SseEncoding implements Encoding {
  private static final String RETRY = "retry: 1000\n\n";
  private static final String RESTART = "event: restart\ndata: {}\n\n";
  private static final byte[] HEARTBEAT = Json.ascii(": heartbeat\n\n");
  private static final byte[] ID = Json.ascii("id: ");
  private static final byte[] DATA = Json.ascii("\ndata: {");
  private static final byte[] END = Json.ascii("}\n\n");

  private final @Nullable Kind only;
  private final byte[] opening;

  /**
   * An encoding.
   *
   * @param only the kind that is sent, or null for all
   * @param restarted whether it begins by telling that this is another journal than the one that
   *     the client has followed so far
   */
  public SseEncoding(@Nullable Kind only, boolean restarted) {
    this.only = only;
    this.opening = Json.ascii(restarted ? RETRY + RESTART : RETRY);
  }

  @Override
  public String type() {
    return "text/event-stream";
  }

  @Override
  public byte[] opening(Journal journal) {
    return opening.clone();
  }

  @Override
  public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
    byte[] event = Json.ascii("@" + journal.id() + "\nevent: ");
    return Pieces.encode(
        journal, only, from, to, last, frame, (piece, out) -> put(piece, event, out));
  }

  private static void put(Piece piece, byte[] event, FrameBuffer out) {
    out.put(ID);
    Json.putOffset(piece.end(), out);
    out.put(event).put(KindNames.of(piece.kind())).put(DATA);
    Json.putData(piece, out);
    out.put(END);
  }

  @Override
  public byte[] gap(long from, long to) {
    return Json.ascii("event: gap\ndata: {" + Json.range(from, to) + "}\n\n");
  }

  /** The id is there once more: an empty journal, or a filter, may have told of no offset. */
  @Override
  public byte[] ending(Journal journal, Ending ending) {
    String id = "id: " + journal.tail() + "@" + journal.id() + "\n";
    String exit =
        ending.status() == null ? "" : "event: exit\ndata: {" + Json.status(ending) + "}\n\n";
    return Json.ascii(exit + id + "event: end\ndata: {}\n\n");
  }

  @Override
  public byte[] heartbeat() {
    return HEARTBEAT.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SseEncoding encoding && encoding.only == only;
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(only);
  }
}
