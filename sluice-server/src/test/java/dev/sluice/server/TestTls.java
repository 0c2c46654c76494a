package dev.sluice.server;

import dev.sluice.testkit.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.SocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A certificate for the servers of tests, and clients that trust it and nothing else. */
final class TestTls {
  private static final TestAuthority AUTHORITY = TestAuthority.create();
  private static final TlsOptions OPTIONS = newOptions();

  private TestTls() {}

  /** The same options, with TLS. */
  static ServerOptions secured(ServerOptions options) {
    return options.withTls(OPTIONS);
  }

  /** Makes unconnected sockets, which offer one protocol (ALPN). */
  static SocketFactory sockets(String protocol) {
    return new Sockets(protocol);
  }

  private static TlsOptions newOptions() {
    TestAuthority.Issued issued = AUTHORITY.issue("localhost", "127.0.0.1");
    try {
      return TlsOptions.of(file(issued.certificatePem()), file(issued.keyPem()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(String pem) throws IOException {
    Path file = Files.createTempFile("sluice-test", ".pem");
    file.toFile().deleteOnExit();
    return Files.writeString(file, pem);
  }

  private static final class Sockets extends SocketFactory {
    private final SocketFactory secure = AUTHORITY.clientContext().getSocketFactory();
    private final String protocol;

    Sockets(String protocol) {
      this.protocol = protocol;
    }

    @Override
    public Socket createSocket() throws IOException {
      SSLSocket socket = (SSLSocket) secure.createSocket();
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {protocol});
      socket.setSSLParameters(parameters);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
