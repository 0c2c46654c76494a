package dev.sluice.spi;

import dev.sluice.CloseReason;
import dev.sluice.Headers;
import dev.sluice.RequestException;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a response ends once its handler is done: whole, as an error, or cut. */
record Ending(Wire wire, Cancellation cancellation, OutgoingMessage message) {

  /** The wire belongs to another: nothing is ended here. */
  Outcome left(CloseReason how, @Nullable Throwable failure) {
    return outcome(how, failure);
  }

  Outcome end(@Nullable Throwable failure) {
    try {
      if (cancellation.isSet()) {
        return cut(cancellation.reason(), ownFailure(failure));
      }
      if (failure instanceof StreamClosedException closed) {
        return cut(closed.reason(), null);
      }
      if (failure != null) {
        return failed(failure);
      }
      return completed();
    } catch (StreamClosedException e) {
      cancellation.cancel(e);
      return cut(e.reason(), null);
    } catch (Throwable e) { // an Error as well: the connection must not look as if this had ended
      return cut(CloseReason.HANDLER_FAILED, e);
    }
  }

  private Outcome completed() throws IOException {
    try {
      message.end();
      return outcome(CloseReason.COMPLETED, null);
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  /** Before anything was sent a failure is a response of its own; after that, a cut. */
  private Outcome failed(Throwable failure) throws IOException {
    boolean requestAtFault = failure instanceof RequestException;
    CloseReason reason = requestAtFault ? CloseReason.BAD_REQUEST : CloseReason.HANDLER_FAILED;
    @Nullable Throwable logged = requestAtFault ? null : failure;
    if (!message.forget()) {
      return cut(reason, logged);
    }
    int status = failure instanceof RequestException e ? e.status() : 500;
    String text = requestAtFault ? failure.getMessage() : "internal server error";
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    message.status(status);
    Headers headers = message.headers();
    headers.set("Content-Type", "text/plain; charset=utf-8");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    if (message.admit(body.length)) {
      message.append(body, 0, body.length);
    }
    message.end();
    return outcome(reason, logged);
  }

  private Outcome cut(CloseReason reason, @Nullable Throwable failure) {
    message.dropBuffer();
    wire.abort(reason);
    return outcome(reason, failure);
  }

  /**
   * That a cancelled handler stopped by an interrupt or a refused write is no failure of its own.
   */
  private static @Nullable Throwable ownFailure(@Nullable Throwable failure) {
    return failure instanceof IOException || failure instanceof InterruptedException
        ? null
        : failure;
  }

  private Outcome outcome(CloseReason reason, @Nullable Throwable failure) {
    int status = message.status();
    return new Outcome(
        status == 0 ? 200 : status, message.bodyBytes(), message.flushes(), reason, failure);
  }
}
