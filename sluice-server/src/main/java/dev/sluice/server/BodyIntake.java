package dev.sluice.server;

import dev.sluice.RequestException;
import dev.sluice.StreamClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The body of the request in progress, from the decoder to the queue that the handler reads.
 *
 * <p>Thread: the loop's.
 */
final class BodyIntake {

  /** What the connection does after a piece of a body. */
  enum Next {
    GO_ON,
    /** The queue is full: stop reading until its reader calls back. */
    PAUSE,
    /** That was the end of the request. */
    COMPLETE,
    /** What follows cannot be made sense of, or is not wanted: the connection ends after this. */
    BROKEN
  }

  private final Limits limits;
  private @Nullable InboundQueue queue;
  private boolean chunked;
  private boolean complete;
  private boolean broken;
  private long bytes;
  private long bytesMax;

  BodyIntake(Limits limits) {
    this.limits = limits;
    this.bytesMax = limits.bodyBytesMax();
  }

  /**
   * Begins with a request.
   *
   * @param bodyQueue null if it has no body
   */
  void begin(@Nullable InboundQueue bodyQueue, boolean isChunked) {
    queue = bodyQueue;
    chunked = isChunked;
    complete = false;
    broken = false;
    bytes = 0;
    bytesMax = limits.bodyBytesMax();
  }

  boolean complete() {
    return complete;
  }

  boolean broken() {
    return broken;
  }

  /** Takes over a piece of the body and its reference. */
  Next accept(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      content.release();
      return breakOff(RequestChecks.malformed(content.decoderResult()));
    }
    bytes += content.content().readableBytes();
    if (bytes > bytesMax) {
      content.release();
      return breakOff(new Rejection(413, "a body of more than " + bytesMax + " bytes"));
    }
    InboundQueue target = queue;
    boolean full = false;
    if (target == null) {
      content.release();
    } else {
      full = target.offer(content.content());
    }
    if (content instanceof LastHttpContent) {
      complete = true;
      if (target != null) {
        target.end();
      }
      return Next.COMPLETE;
    }
    return full ? Next.PAUSE : Next.GO_ON;
  }

  private Next breakOff(Rejection why) {
    broken = true;
    fail(() -> new RequestException(why.status(), why.reason()));
    return Next.BROKEN;
  }

  /** The client has gone; the reader learns it after the bytes that came. */
  void gone(StreamClosedException cause) {
    fail(() ->
        new StreamClosedException(
            cause.reason(),
            "%s after %d bytes of the request body".formatted(cause.getMessage(), bytes),
            cause));
  }

  private void fail(Supplier<IOException> exception) {
    if (queue != null) {
      queue.fail(exception);
    }
  }

  /** The handler is done: what it left unread is let go of. */
  void discard() {
    if (queue != null) {
      queue.discard();
    }
  }

  /** From here on only so many more bytes are read away. */
  void discardAtMost(int more) {
    bytesMax = bytes + more;
  }

  /** What the client closed: its sending side. */
  void end() {
    if (queue != null) {
      queue.end();
    }
  }

  /**
   * The queue as one of raw bytes: what came of the body first, then all that follows.
   *
   * @param fresh used if nothing of a body is left to read
   * @throws IllegalStateException if the framing of a chunked body would be lost
   */
  InboundQueue toRaw(InboundQueue fresh) {
    InboundQueue body = queue;
    if (body == null || body.drained()) {
      queue = fresh;
      return fresh;
    }
    if (chunked) {
      throw new IllegalStateException("hijack before the chunked request body was read to its end");
    }
    body.reopen();
    return body;
  }

  /** Takes raw bytes after {@link #toRaw}; whether reading should pause. */
  boolean acceptRaw(ByteBuf raw) {
    InboundQueue target = queue;
    if (target == null) {
      raw.release();
      return false;
    }
    return target.offer(raw);
  }
}
