package dev.sluice.server;

import dev.sluice.Handler;
import dev.sluice.testkit.RawClient;
import dev.sluice.testkit.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.io.TempDir;

/** A test of what TLS does on the wire. */
abstract class TlsWireTest extends WireTest {
  static final TestAuthority AUTHORITY = TestAuthority.create();
  static final TestAuthority.Issued ISSUED = AUTHORITY.issue("localhost", "127.0.0.1");

  @TempDir Path directory;

  final Server serveTls(Handler handler) throws IOException {
    return serveTls(UnaryOperator.identity(), handler);
  }

  final Server serveTls(UnaryOperator<ServerOptions> options, Handler handler) throws IOException {
    TlsOptions tls = files("server", ISSUED);
    return serve(given -> options.apply(given.withTls(tls)), handler);
  }

  /** Writes a certificate and its key where a server reads them. */
  final TlsOptions files(String name, TestAuthority.Issued issued) throws IOException {
    return TlsOptions.of(
        write(name + ".pem", issued.certificatePem()), write(name + ".key", issued.keyPem()));
  }

  final Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  /** A client of a version of TLS; it has not said anything yet. */
  final TlsClient client(String version, String... applicationProtocols) throws IOException {
    return client(RawClient.Options.DEFAULTS, version, applicationProtocols);
  }

  final TlsClient client(RawClient.Options options, String version, String... applicationProtocols)
      throws IOException {
    UnaryOperator<SSLParameters> parameters =
        given -> {
          given.setProtocols(new String[] {version});
          given.setApplicationProtocols(applicationProtocols);
          return given;
        };
    return new TlsClient(connect(options), AUTHORITY.clientContext(), parameters);
  }
}
