package dev.sluice.testkit;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A TCP client that adds and hides nothing: for tests that compare bytes. Bytes are given as
 * Latin-1 text. It never reads further than it is asked to.
 *
 * <p>A read that gets nothing for the timeout, or what was not expected, throws an {@link
 * AssertionError} with the last 2,000 bytes that came.
 *
 * <p>Thread safety: one thread may read while another sends.
 */
public final class RawClient implements Closeable {

  /**
   * How a client connects.
   *
   * @param receiveBufferBytes the socket's receive buffer; 0 for the system's choice
   * @param timeout how long a read waits for bytes
   * @param sockets makes unconnected sockets; one of TLS will do
   */
  public record Options(int receiveBufferBytes, Duration timeout, SocketFactory sockets) {
    /** The system's buffer, thirty seconds, cleartext. */
    public static final Options DEFAULTS =
        new Options(0, Duration.ofSeconds(30), SocketFactory.getDefault());

    /** These options with another receive buffer. */
    public Options withReceiveBufferBytes(int bytes) {
      return new Options(bytes, timeout, sockets);
    }

    /** These options with another timeout. */
    public Options withTimeout(Duration newTimeout) {
      return new Options(receiveBufferBytes, newTimeout, sockets);
    }

    /** These options with sockets of another kind. */
    public Options withSockets(SocketFactory newSockets) {
      return new Options(receiveBufferBytes, timeout, newSockets);
    }
  }

  private static final int SHOWN_BYTES_MAX = 2000;

  private final Socket socket;
  private final InputStream in;

  /** The last bytes that came, for failures. */
  private byte[] shown = new byte[0];

  private long bytesReceived;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  /** Connects with {@link Options#DEFAULTS}. */
  public static RawClient connect(String host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port), Options.DEFAULTS);
  }

  /** Connects. */
  public static RawClient connect(InetSocketAddress address, Options options) throws IOException {
    Socket socket = options.sockets().createSocket();
    try {
      if (options.receiveBufferBytes() > 0) {
        socket.setReceiveBufferSize(options.receiveBufferBytes());
      }
      int timeoutMillis = Math.toIntExact(options.timeout().toMillis());
      socket.setTcpNoDelay(true);
      socket.connect(address, timeoutMillis);
      socket.setSoTimeout(timeoutMillis);
      return new RawClient(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends text as Latin-1. */
  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes, in one write. */
  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Reads up to and with a text, and no further. */
  public String readUntil(String end) throws IOException {
    var text = new StringBuilder();
    while (text.length() < end.length() || text.indexOf(end, text.length() - end.length()) < 0) {
      text.append(readExactly(1));
    }
    return text.toString();
  }

  /** Reads so many bytes, and no further. */
  public String readExactly(int count) throws IOException {
    byte[] bytes = new byte[count];
    int length = 0;
    while (length < count) {
      int more = read(bytes, length, count - length);
      if (more < 0) {
        throw failure("the end of the stream, %d bytes early".formatted(count - length), null);
      }
      length += more;
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Reads to the end of the stream. */
  public String readToEnd() throws IOException {
    var all = new ByteArrayOutputStream();
    byte[] bytes = new byte[8 * 1024];
    for (int count = read(bytes, 0, bytes.length);
        count >= 0;
        count = read(bytes, 0, bytes.length)) {
      all.write(bytes, 0, count);
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /** Reads to the end of the stream, or until the peer resets the connection. */
  public String readToEndOrReset() throws IOException {
    var all = new ByteArrayOutputStream();
    byte[] bytes = new byte[8 * 1024];
    try {
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        all.write(bytes, 0, count);
      }
    } catch (SocketTimeoutException e) {
      throw failure("nothing within the timeout where the end was expected", e);
    } catch (SocketException e) {
      // It was cut.
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /** Expects that the peer has ended the stream (FIN), with nothing before that. */
  public void expectEnd() throws IOException {
    byte[] one = new byte[1];
    if (read(one, 0, 1) >= 0) {
      throw failure("a byte where the end was expected", null);
    }
  }

  /** Expects that the peer resets the connection (RST); bytes before that are skipped. */
  public void expectReset() throws IOException {
    byte[] bytes = new byte[8 * 1024];
    try {
      while (true) {
        int count = in.read(bytes);
        if (count < 0) {
          throw failure("an orderly end where a reset was expected", null);
        }
        remember(bytes, 0, count);
      }
    } catch (SocketTimeoutException e) {
      throw failure("nothing within the timeout where a reset was expected", e);
    } catch (SocketException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.contains("reset")) {
        throw failure("another failure than a reset: " + message, e);
      }
    }
  }

  /** Ends the client's side of the stream (FIN), and goes on reading. */
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes the connection so that the peer sees a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Closes the connection. */
  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** The socket below. */
  public Socket socket() {
    return socket;
  }

  private int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      int count = in.read(bytes, offset, length);
      if (count > 0) {
        remember(bytes, offset, count);
      }
      return count;
    } catch (SocketTimeoutException e) {
      throw failure("nothing within " + socket.getSoTimeout() + " ms", e);
    } catch (SocketException e) {
      throw failure(String.valueOf(e.getMessage()), e);
    }
  }

  private void remember(byte[] bytes, int offset, int count) {
    int fresh = Math.min(count, SHOWN_BYTES_MAX);
    int kept = Math.min(shown.length, SHOWN_BYTES_MAX - fresh);
    byte[] tail = Arrays.copyOfRange(shown, shown.length - kept, shown.length + fresh);
    System.arraycopy(bytes, offset + count - fresh, tail, kept, fresh);
    shown = tail;
    bytesReceived += count;
  }

  private AssertionError failure(String what, @Nullable Exception cause) {
    var text = new StringBuilder(bytesReceived > shown.length ? "…" : "");
    for (byte b : shown) {
      boolean plain = b == '\n' || (b >= ' ' && b < 0x7f);
      text.append(plain ? String.valueOf((char) b) : "\\x%02x".formatted(b & 0xff));
    }
    return new AssertionError(
        "%s; %d bytes so far:%n%s".formatted(what, bytesReceived, text), cause);
  }
}
