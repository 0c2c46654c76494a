package dev.sluice;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The response can take no more bytes: its stream has ended before the handler was done.
 *
 * <p>The first failure of a response is sticky: every later write and flush throws an exception
 * with the same {@link #reason}, whose cause is the first one.
 */
public final class StreamClosedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final CloseReason reason;

  /**
   * Makes an exception for a stream that ended early.
   *
   * @param reason why it ended
   * @param message what happened, for people
   * @param cause what led to it, or null
   */
  public StreamClosedException(CloseReason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why the stream has ended. */
  public CloseReason reason() {
    return reason;
  }
}
