package dev.sluice.streams;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.Headers;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes as they are, in the order in which they came. It can tell of no gap: a viewer that
 * falls behind is cut. The exit status of a command is in the trailer {@code Sluice-Exit-Status}.
 *
 * @param only the kind that is sent, or null for all
 */
public record RawEncoding(@Nullable Kind only) implements Encoding {
  /** Everything. */
  public static final RawEncoding ALL = new RawEncoding(null);

  /** The trailer that has the exit status. */
  public static final String EXIT_STATUS = "Sluice-Exit-Status";

  /** The type of a journal's bytes as they are: messages are lines. */
  static String typeOf(Journal journal) {
    String type = journal.options().contentType();
    return JsonMessages.are(type) ? "application/x-ndjson" : type;
  }

  /** None: the handler knows what the bytes are. */
  @Override
  public @Nullable String type() {
    return null;
  }

  @Override
  public List<String> trailerNames() {
    return List.of(EXIT_STATUS);
  }

  @Override
  public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
    long end = Math.min(to, from + FRAME_BYTES);
    boolean kept =
        journal.read(
            from,
            end,
            (kind, micros, recordEnd, bytes, offset, length) -> {
              if (only == null || kind == only) {
                frame.put(bytes, offset, length);
              }
            });
    return kept ? end : -1;
  }

  @Override
  public boolean literal() {
    return only == null;
  }

  @Override
  public Headers trailers(Ending ending) {
    Integer status = ending.status();
    return status == null ? new Headers() : Headers.of(EXIT_STATUS, status.toString());
  }
}
