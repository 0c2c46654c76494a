package dev.sluice;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a journal are framed for a viewer. Pure and deterministic: asked for the same
 * stretch of a journal, it always makes the same bytes of it, so that viewers share them, and a
 * frame that was sent in part can be encoded again.
 *
 * <p>An encoding is used by many viewers at the same time; viewers share frames if their encodings
 * are the same object.
 */
public interface Encoding {
  /** A frame is full when it has that many bytes; the record that fills it goes beyond. */
  int FRAME_BYTES = 64 * 1024;

  /** The {@code Content-Type}; null leaves the handler's. */
  @Nullable String type();

  /** Trailers that {@link #trailers} may set. */
  default List<String> trailerNames() {
    return List.of();
  }

  /** What goes out before the first record; empty if nothing. */
  default byte[] opening(Journal journal) {
    return new byte[0];
  }

  /**
   * Encodes records from a position on, until the frame is full or the end is reached.
   *
   * @param from not before the journal's start
   * @param to at most its tail
   * @param last whether the journal is closed and ends at {@code to}. What else it is by now must
   *     not matter: a frame that a viewer has sent in part is made again, and must be the same
   * @param frame takes the bytes; it may stay empty if nothing of that is for this viewer
   * @return the position up to which it went; {@code from} if what is there is held back until more
   *     comes, being a part of something, which it must not be if it is the last; negative if those
   *     bytes cannot all be read
   */
  long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame);

  /**
   * Whether what {@link #encode} makes of a stretch is the journal's bytes as they are, wherever
   * the stretch begins and ends. Then they may go from a file to the client without being encoded.
   */
  default boolean literal() {
    return false;
  }

  /**
   * What tells a viewer that bytes were dropped before it came to them, or cannot be read; empty if
   * the encoding cannot say it, and the stream must be cut.
   */
  default byte[] gap(long from, long to) {
    return new byte[0];
  }

  /** What goes out at the end of a closed journal; empty if nothing. */
  default byte[] ending(Journal journal, Ending ending) {
    return new byte[0];
  }

  /** The trailers of a closed journal's response. */
  default Headers trailers(Ending ending) {
    return new Headers();
  }

  /**
   * After how long the response ends as if it were complete, once the viewer has all there is; its
   * client knows that it is not, and comes back. Zero: only when the journal is closed.
   */
  default Duration lifetime() {
    return Duration.ZERO;
  }

  /** What breaks a silence; empty if nothing may. */
  default byte[] heartbeat() {
    return new byte[0];
  }
}
