package dev.sluice.server;

import static io.netty.handler.codec.http2.Http2CodecUtil.CONNECTION_STREAM_ID;
import static io.netty.handler.codec.http2.Http2CodecUtil.DEFAULT_WINDOW_SIZE;
import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much the client lets us send: the windows of the connection and of its streams (RFC 9113
 * section 5.2). The codec tells what the client grants; who sends a frame takes from it.
 *
 * <p>Thread safety: the codec's calls are the loop's; {@link #available} and {@link #take} need the
 * lock of the output.
 */
final class H2Windows implements Http2RemoteFlowController {
  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;
  private final H2Output output;
  private final Runnable onConnectionWindow;
  private final Runnable onAllWindows;
  private @Nullable ChannelHandlerContext context;
  private int initialWindow = DEFAULT_WINDOW_SIZE;
  private int connectionWindow = DEFAULT_WINDOW_SIZE;

  /**
   * The windows of a connection.
   *
   * @param key under which the codec's streams have ours
   * @param onConnectionWindow run when the connection's window has grown
   * @param onAllWindows run when those of all streams have changed
   */
  H2Windows(
      Http2Connection connection,
      Http2Connection.PropertyKey key,
      H2Output output,
      Runnable onConnectionWindow,
      Runnable onAllWindows) {
    this.connection = connection;
    this.key = key;
    this.output = output;
    this.onConnectionWindow = onConnectionWindow;
    this.onAllWindows = onAllWindows;
  }

  /** How many bytes may be sent on a stream now. With the lock. */
  int available(H2Outlet stream) {
    return Math.max(0, Math.min(connectionWindow, stream.window()));
  }

  /** Bytes are sent. With the lock. */
  void take(H2Outlet stream, int bytes) {
    connectionWindow -= bytes;
    stream.window(stream.window() - bytes);
  }

  /** For how many full frames the connection has room; a part counts as one. Any thread. */
  int framesLeft() {
    output.lock();
    try {
      return Math.ceilDiv(Math.max(0, connectionWindow), H2Output.PAYLOAD_BYTES_MAX);
    } finally {
      output.unlock();
    }
  }

  @Override
  public void initialWindowSize(int newWindow) throws Http2Exception {
    if (context != null) {
      context.flush(); // the acknowledgement goes before what it allows
    }
    output.lock();
    try {
      int delta = newWindow - initialWindow;
      initialWindow = newWindow;
      connection.forEachActiveStream(stream -> {
        H2Outlet ours = ours(stream);
        if (ours != null) {
          if ((long) ours.window() + delta > Integer.MAX_VALUE) {
            throw Http2Exception.connectionError(
                FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE makes a window too large");
          }
          ours.window(ours.window() + delta);
        }
        return true;
      });
    } finally {
      output.unlock();
    }
    onAllWindows.run();
  }

  @Override
  public void incrementWindowSize(Http2Stream stream, int delta) throws Http2Exception {
    if (stream.id() == CONNECTION_STREAM_ID) {
      output.lock();
      try {
        if ((long) connectionWindow + delta > Integer.MAX_VALUE) {
          throw Http2Exception.connectionError(
              FLOW_CONTROL_ERROR, "WINDOW_UPDATE makes the connection's window too large");
        }
        connectionWindow += delta;
      } finally {
        output.unlock();
      }
      onConnectionWindow.run();
      return;
    }
    H2Outlet ours = ours(stream);
    if (ours == null) {
      return;
    }
    output.lock();
    try {
      if ((long) ours.window() + delta > Integer.MAX_VALUE) {
        throw Http2Exception.streamError(
            stream.id(), FLOW_CONTROL_ERROR, "WINDOW_UPDATE makes the window too large");
      }
      ours.window(ours.window() + delta);
    } finally {
      output.unlock();
    }
    ours.wake();
  }

  private @Nullable H2Outlet ours(Http2Stream stream) {
    H2Stream ours = stream.getProperty(key);
    return ours == null ? null : ours.outlet();
  }

  @Override
  public int initialWindowSize() {
    return initialWindow;
  }

  @Override
  public int windowSize(Http2Stream stream) {
    H2Outlet ours = ours(stream);
    return ours == null ? initialWindow : ours.window();
  }

  @Override
  public void channelHandlerContext(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public @Nullable ChannelHandlerContext channelHandlerContext() {
    return context;
  }

  @Override
  public void addFlowControlled(Http2Stream stream, FlowControlled payload) {
    throw new UnsupportedOperationException("data is not sent through the codec");
  }

  // The codec's own queue of data, which has nothing in it.

  @Override
  public boolean hasFlowControlled(Http2Stream stream) {
    return false;
  }

  @Override
  public void writePendingBytes() {}

  @Override
  public void listener(Listener listener) {}

  @Override
  public boolean isWritable(Http2Stream stream) {
    return true;
  }

  @Override
  public void channelWritabilityChanged() {}

  @Override
  public void updateDependencyTree(
      int childStreamId, int parentStreamId, short weight, boolean exclusive) {}
}
