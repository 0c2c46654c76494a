package dev.sluice;

import java.io.IOException;
import java.io.Serial;

/**
 * A request that is at fault, and the status that says so.
 *
 * <p>Reading a request body throws it for a malformed chunk (400), a body over the limit (413) or a
 * passed read deadline (408); a handler may throw its own. Where it escapes the handler before
 * anything was sent, it becomes the response: its status, and its message as the text.
 */
public final class RequestException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * Makes an exception.
   *
   * @param status the status to send, 400..599
   * @param message what is wrong with the request; the client reads it
   * @throws IllegalArgumentException if the status is not in 400..599
   */
  public RequestException(int status, String message) {
    super(message);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("not an error status: " + status);
    }
    this.status = status;
  }

  /** The status to send, 400..599. */
  public int status() {
    return status;
  }
}
