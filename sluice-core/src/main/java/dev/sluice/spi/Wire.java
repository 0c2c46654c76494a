package dev.sluice.spi;

import dev.sluice.CloseReason;
import dev.sluice.Connection;
import dev.sluice.Encoding;
import dev.sluice.Feature;
import dev.sluice.Headers;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One response's way to its client: the framing of one protocol version.
 *
 * <p>Thread safety: called by one thread at a time, as {@link StreamingResponse} sees to; {@link
 * #abort} alone may come from any thread while another waits in {@link #send}, and wakes it.
 */
public interface Wire {

  /** Whether this way can do something at all. */
  boolean supports(Feature feature);

  /**
   * A buffer for the body, from a pool. Bytes are put from its position to its limit; what is
   * before and after is room for the framing.
   */
  ByteBuffer takeBuffer();

  /** Gives a buffer back whose bytes are not to be sent. */
  void giveBuffer(ByteBuffer buffer);

  /** Sends an interim response. */
  void inform(int status, Headers headers) throws IOException;

  /**
   * Sends what there is, now, in one go. Whether it throws or not, the buffer belongs to the wire
   * again; {@code more} has been sent, or will not be touched any more, when this returns.
   *
   * @param head the head, if it was not sent before
   * @param buffer a buffer from {@link #takeBuffer} with the bytes between where its position was
   *     and where it is now
   * @param more further bytes that follow those, at most {@link #BYTES_PER_SEND_MAX}
   * @param trailers not null if this ends the response: its trailers
   * @throws dev.sluice.StreamClosedException if the client is gone or takes nothing
   */
  void send(
      @Nullable Head head,
      @Nullable ByteBuffer buffer,
      @Nullable ByteBuffer more,
      @Nullable Headers trailers)
      throws IOException;

  /** Called after each step of a body that may be long: the place to let other threads run. */
  default void stepped() {}

  /** Waits until the operating system has every byte that was sent. */
  void sync() throws IOException;

  /** How long the client may take no byte while bytes wait. */
  void progressDeadline(Duration timeout);

  /**
   * Sends a journal from an offset on, until it is closed, and ends the response. The head, and
   * what came before the records, have been sent. The wire is the follower's from here on.
   *
   * @param cancellation ends it early
   * @param end told once how it ended, on any thread
   */
  void follow(
      Journal journal, Offset from, Encoding encoding, Cancellation cancellation, FollowEnd end)
      throws IOException;

  /** Hands the connection over; the wire does nothing more with it. */
  Connection hijack() throws IOException;

  /**
   * Cuts the stream, visibly to the client. A thread that waits in {@link #send} is woken and
   * throws.
   */
  void abort(CloseReason reason);

  /** How many bytes a buffer of {@link #takeBuffer} has room for. */
  int BUFFER_BYTES = 8 * 1024;

  /** How many bytes of a body one {@link #send} takes beside its buffer. */
  int BYTES_PER_SEND_MAX = 64 * 1024;
}
