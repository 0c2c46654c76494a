package dev.sluice.streams;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events of the Durable Streams protocol (section 5.8): events {@code data}, each with
 * its event {@code control} in the same frame, so that viewers share both.
 *
 * <pre>
 *   event: data
 *   data:{"text":"hi"}
 *   id: 0000000000000000_0000000000000014@5f3a9c01
 *
 *   event: control
 *   data:{"streamNextOffset":"0000000000000000_0000000000000014","streamCursor":"8421","upToDate":true}
 * </pre>
 *
 * <p>The id is an addition of ours: a browser's EventSource resumes by it. The cursor stays the
 * same as long as the response lasts. {@code upToDate} is true of a frame that goes to the end of
 * what it was asked for, {@code streamClosed} of one that goes to the end of a closed journal. That
 * is said once more at the end: a viewer may have had its last frame before the close.
 *
 * <p>Two of them are equal if their frames are, however they open: viewers share those.
 */
final class StreamEncoding implements Encoding {
  private static final String RETRY = "retry: 1000\n\n";
  private static final String RESTART = "event: restart\ndata:{}\n\n";
  private static final byte[] HEARTBEAT = Json.ascii(": heartbeat\n\n");
  private static final byte[] ID = Json.ascii("\nid: ");
  private static final byte[] BLANK = Json.ascii("\n\n");
  private static final byte[] CONTROL = Json.ascii("event: control\ndata:{\"streamNextOffset\":\"");
  private static final byte[] BEHIND = Json.ascii("}\n\n");
  private static final byte[] UP_TO_DATE = Json.ascii(",\"upToDate\":true}\n\n");
  private static final byte[] CLOSED =
      Json.ascii("\",\"streamClosed\":true,\"upToDate\":true}\n\n");

  private final ContentMode mode;
  private final StreamData data;
  private final long cursor;
  private final Duration lifetime;
  private final byte[] journalId;
  private final byte[] cursorText;
  private final String opening;

  private StreamEncoding(
      ContentMode mode, long cursor, Duration lifetime, byte[] journalId, String opening) {
    this.mode = mode;
    this.data = StreamData.of(mode);
    this.cursor = cursor;
    this.lifetime = lifetime;
    this.journalId = journalId;
    this.cursorText = Json.ascii("\",\"streamCursor\":\"" + cursor + "\"");
    this.opening = opening;
  }

  /**
   * That of a journal.
   *
   * @param lifetime as {@link Encoding#lifetime}
   */
  static StreamEncoding of(Journal journal, long cursor, Duration lifetime) {
    ContentMode mode = ContentMode.of(journal.options().contentType());
    return new StreamEncoding(mode, cursor, lifetime, Json.ascii("@" + journal.id()), RETRY);
  }

  /** One that begins by telling that this is another journal than the client has followed. */
  StreamEncoding afterRestart() {
    return opening(opening + RESTART);
  }

  /** One that begins by telling that the client is at the end. */
  StreamEncoding upToDateAt(long position) {
    return opening(
        "%sevent: control\ndata:{\"streamNextOffset\":\"%s\",\"streamCursor\":\"%d\",\"upToDate\":true}\nid: %s%s\n\n"
            .formatted(
                opening,
                new Offset(position),
                cursor,
                new Offset(position),
                new String(journalId, StandardCharsets.US_ASCII)));
  }

  private StreamEncoding opening(String text) {
    return new StreamEncoding(mode, cursor, lifetime, journalId, text);
  }

  /** Whether data is in base64. */
  boolean isBase64() {
    return mode == ContentMode.BINARY;
  }

  @Override
  public String type() {
    return "text/event-stream";
  }

  @Override
  public byte[] opening(Journal journal) {
    return Json.ascii(opening);
  }

  @Override
  public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
    StreamData.Part part = data.put(journal, from, to, last, frame);
    if (part.end() > from && part.eventEnds()) {
      putEnd(part, last && part.end() == to, frame);
    }
    return part.end();
  }

  private void putEnd(StreamData.Part part, boolean closed, FrameBuffer frame) {
    if (part.hasData()) {
      frame.put(ID);
      Json.putOffset(part.end(), frame);
      frame.put(journalId).put(BLANK);
    }
    frame.put(CONTROL);
    Json.putOffset(part.end(), frame);
    if (closed) {
      frame.put(CLOSED);
    } else {
      frame.put(cursorText).put(part.whole() ? UP_TO_DATE : BEHIND);
    }
  }

  @Override
  public byte[] ending(Journal journal, Ending ending) {
    return Json.ascii(
        "event: control\ndata:{\"streamNextOffset\":\"%s\",\"streamClosed\":true,\"upToDate\":true}\nid: %s@%s\n\n"
            .formatted(journal.tail(), journal.tail(), journal.id()));
  }

  @Override
  public Duration lifetime() {
    return lifetime;
  }

  @Override
  public byte[] heartbeat() {
    return HEARTBEAT.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StreamEncoding encoding
        && encoding.mode == mode
        && encoding.cursor == cursor;
  }

  @Override
  public int hashCode() {
    return Objects.hash(mode, cursor);
  }
}
