package dev.sluice.server;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 as frames, right or wrong: it adds and answers nothing by itself. A read
 * that gets nothing for a minute throws an {@link AssertionError}.
 *
 * <p>Thread safety: one thread reads; any may write, a call at a time.
 */
final class Http2Frames implements Closeable {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream in;

  private Http2Frames(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  static Http2Frames connect(
      SocketFactory sockets, InetSocketAddress server, int receiveBufferBytes) throws IOException {
    Socket socket = sockets.createSocket();
    try {
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.setTcpNoDelay(true);
      socket.connect(server, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return new Http2Frames(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Begins: the client's preface and its settings, as pairs of identifier and value. */
  Http2Frames begin(int... settings) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(PREFACE);
    bytes.writeBytes(Http2Frame.settings(settings).bytes());
    return write(bytes.toByteArray());
  }

  /** Writes frames, all with one call. */
  Http2Frames write(Http2Frame... frames) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (Http2Frame frame : frames) {
      bytes.writeBytes(frame.bytes());
    }
    return write(bytes.toByteArray());
  }

  /** Writes bytes as they are. */
  synchronized Http2Frames write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /**
   * Waits for a frame.
   *
   * @return null if the connection has ended between two frames
   * @throws SocketException if it was reset, or is closed
   */
  @Nullable Http2Frame read() throws IOException {
    try {
      byte[] head = in.readNBytes(Http2Frame.HEADER_BYTES);
      if (head.length == 0) {
        return null;
      }
      if (head.length < Http2Frame.HEADER_BYTES) {
        throw new AssertionError("the connection ended within a frame's header");
      }
      ByteBuffer fields = ByteBuffer.wrap(head);
      int length = fields.getInt(0) >>> 8;
      if (length > Http2Frame.PAYLOAD_BYTES_MAX) {
        throw new AssertionError("a frame of %d bytes".formatted(length));
      }
      byte[] payload = in.readNBytes(length);
      if (payload.length < length) {
        throw new SocketException("the connection ended within a frame");
      }
      return new Http2Frame(head[3] & 0xff, head[4] & 0xff, fields.getInt(5), payload);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("nothing within %d ms".formatted(TIMEOUT_MILLIS), e);
    }
  }

  /** Waits for a frame of this type; frames of others are skipped. */
  Http2Frame readUntil(int type) throws IOException {
    for (Http2Frame frame = read(); frame != null; frame = read()) {
      if (frame.type() == type) {
        return frame;
      }
    }
    throw new AssertionError("the connection ended before a frame of type " + type);
  }

  /** The socket below. */
  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
