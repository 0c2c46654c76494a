package dev.sluice.server;

import dev.sluice.Headers;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import javax.net.SocketFactory;

/** A connection of HTTP/1.1, which is strict about what it gets. */
final class Http1ContractClient implements ContractClient {
  private static final int TIMEOUT_MILLIS = 60_000;

  /** Small, since what is in there has been taken from the server. */
  private static final int READ_AHEAD_BYTES = 512;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private Http1ContractClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), READ_AHEAD_BYTES);
    this.out = socket.getOutputStream();
  }

  static Http1ContractClient connect(
      SocketFactory sockets, InetSocketAddress server, int receiveBufferBytes) throws IOException {
    Socket socket = sockets.createSocket();
    try {
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.setTcpNoDelay(true);
      socket.connect(server, TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return new Http1ContractClient(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public ContractExchange send(ContractRequest request) throws IOException {
    Headers headers = Headers.copyOf(request.headers()).set("Host", "test");
    String body = request.body();
    if (request.openBody()) {
      headers.set("Transfer-Encoding", "chunked");
    } else if (body != null) {
      headers.set("Content-Length", Integer.toString(body.length()));
    }
    var text = new StringBuilder("%s %s HTTP/1.1\r\n".formatted(request.method(), request.path()));
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    write(text.append("\r\n").append(body == null ? "" : body).toString());
    return new Http1ContractExchange(this, request.method().equals("HEAD"));
  }

  void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Reads what there is; an abrupt end of the connection is a cut. */
  int read(byte[] target, int offset, int length) throws IOException {
    try {
      return in.read(target, offset, length);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("nothing within %d ms".formatted(TIMEOUT_MILLIS), e);
    } catch (SocketException e) {
      throw new CutException(String.valueOf(e.getMessage()));
    }
  }

  /** Reads a line without its CR LF. */
  String readLine() throws IOException {
    var line = new StringBuilder();
    byte[] one = new byte[1];
    while (line.length() < 2 || line.indexOf("\r\n", line.length() - 2) < 0) {
      if (read(one, 0, 1) < 0) {
        throw new CutException("the connection ended within a line: " + line);
      }
      line.append((char) (one[0] & 0xff));
    }
    return line.substring(0, line.length() - 2);
  }

  @Override
  public void halfClose() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
