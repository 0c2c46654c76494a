package dev.sluice.server;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;

import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/**
 * The streams that were closed last, so that a head on one of them can be told from one that comes
 * out of order: both are errors, but not the same (RFC 9113 sections 5.1 and 5.1.1). The codec
 * forgets them.
 *
 * <p>Thread: the loop's.
 */
final class H2ClosedStreams {
  private static final int KEPT = 64;

  private final int[] ended = new int[KEPT];
  private final int[] reset = new int[KEPT];
  private int nextEnded;
  private int nextReset;

  /**
   * A stream is closed.
   *
   * @param byUs whether we have reset it
   */
  void add(int id, boolean byUs) {
    if (byUs) {
      reset[nextReset] = id;
      nextReset = (nextReset + 1) % KEPT;
    } else {
      ended[nextEnded] = id;
      nextEnded = (nextEnded + 1) % KEPT;
    }
  }

  /** What a head on a stream that is not there does to the connection; null if nothing. */
  @Nullable Http2Error errorOfHead(int id) {
    for (int i = 0; i < KEPT; i++) {
      if (reset[i] == id) {
        return null; // the client did not know yet
      }
      if (ended[i] == id) {
        return STREAM_CLOSED;
      }
    }
    return PROTOCOL_ERROR;
  }
}
