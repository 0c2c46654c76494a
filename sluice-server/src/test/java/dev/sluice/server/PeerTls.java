package dev.sluice.server;

import dev.sluice.testkit.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Files with which a server speaks TLS as {@code localhost} and {@code 127.0.0.1}, and other
 * people's programs trust it.
 */
record PeerTls(Path directory, TestAuthority authority) {

  /** Writes them into a directory. */
  static PeerTls in(Path directory) throws IOException {
    var tls = new PeerTls(directory, TestAuthority.create());
    Files.writeString(directory.resolve("ca.pem"), tls.authority.pem());
    tls.renew();
    return tls;
  }

  /** Puts another certificate in the place of the one that is there, each file at once. */
  TestAuthority.Issued renew() throws IOException {
    TestAuthority.Issued issued = authority.issue("localhost", "127.0.0.1");
    replace("key.pem", issued.keyPem());
    replace("cert.pem", issued.certificatePem());
    return issued;
  }

  private void replace(String name, String text) throws IOException {
    Path whole = Files.writeString(directory.resolve(name + ".new"), text);
    Files.move(whole, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** What a server is told. */
  TlsOptions options() {
    return TlsOptions.of(directory.resolve("cert.pem"), directory.resolve("key.pem"));
  }

  /** The file by which a program trusts the server. */
  String authorityFile() {
    return directory.resolve("ca.pem").toString();
  }
}
