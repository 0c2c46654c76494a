package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.TestAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates and keys in files: which are understood, and what is said of the others. */
final class TlsFilesTest {
  private static final TestAuthority AUTHORITY = TestAuthority.create();

  @RegisterExtension final TestServer server = new TestServer();
  @TempDir Path directory;

  private TlsOptions.Pair pair(String certificates, String key) throws IOException {
    return new TlsOptions.Pair(file(certificates), file(key));
  }

  private Path file(String name) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in = TlsFilesTest.class.getResourceAsStream("tls/" + name)) {
      Files.write(file, Objects.requireNonNull(in, name).readAllBytes());
    }
    return file;
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @ParameterizedTest
  @CsvSource({
    "rsa.pem, rsa.key, RSA, rsa.test",
    "rsa.pem, rsa-pkcs1.key, RSA, rsa.test",
    "ec.pem, ec.key, EC, ec.test",
    "ec.pem, ec-sec1.key, EC, ec.test",
    "ed25519.pem, ed25519.key, EdDSA, ed25519.test",
    "rsa-pss.pem, rsa-pss.key, RSASSA-PSS, rsa-pss.test"
  })
  void all_common_forms_are_understood(
      String certificate, String key, String algorithm, String name) throws Exception {
    TlsIdentity identity = TlsIdentity.read(pair(certificate, key));
    assertEquals(algorithm, identity.key().getAlgorithm());
    assertEquals(name, identity.names().getFirst());
    assertTrue(identity.isFor(name));
  }

  @Test
  void a_chain_is_put_in_order() throws Exception {
    TlsIdentity identity = TlsIdentity.read(pair("chain-in-disorder.pem", "chain.key"));
    List<String> subjects =
        identity.chain().stream().map(one -> one.getSubjectX500Principal().getName()).toList();
    assertEquals(List.of("CN=chain.test", "CN=middle", "CN=root"), subjects);
    server.expectLogged(
        "chain-in-disorder.pem: left out are 1 certificates that do not lead from the server's own");
  }

  @Test
  void a_certificate_and_its_key_may_share_a_file() throws Exception {
    TestAuthority.Issued issued = AUTHORITY.issue("one.test");
    Path both = write("both.pem", issued.keyPem() + issued.certificatePem());
    assertTrue(TlsIdentity.read(new TlsOptions.Pair(both, both)).isFor("one.test"));
  }

  @ParameterizedTest
  @CsvSource({
    "rsa.pem, rsa-encrypted.key, the key is encrypted; decrypt it with: openssl pkey -in KEY -out",
    "rsa.pem, rsa-pkcs1-encrypted.key, the key is encrypted; decrypt it with: openssl pkey -in KEY -out",
    "ec.pem, ec-explicit.key, 'the key is damaged, or of a kind that is not supported; try:'",
    "ec.pem, dsa.key, 'the key is damaged, or of a kind that is not supported; try:'",
    "ec.pem, dsa-traditional.key, 'has a DSA PRIVATE KEY; use one of RSA, EC or Ed25519'",
    "ec.pem, ec.pem, 'has no private key in it (-----BEGIN PRIVATE KEY-----), but a CERTIFICATE'",
    "weak.pem, weak.key, 'an RSA key of 1024 bits, which clients refuse; make one of 2048 or more'"
  })
  void what_is_wrong_with_a_key_is_said(String certificate, String key, String expected)
      throws Exception {
    TlsOptions.Pair pair = pair(certificate, key);
    expectFailure(pair, pair.key() + ": " + expected.replace("KEY -", pair.key() + " -"));
  }

  @ParameterizedTest
  @CsvSource({
    "ec.pem, rsa.key, is not for the key in KEY; give the key that it was made with",
    "ec.pem, chain.key, is not for the key in KEY; give the key that it was made with",
    "ec.key, ec.key, 'has no certificate in it (-----BEGIN CERTIFICATE-----), but a PRIVATE KEY'",
    "ec.der, ec.key, 'is binary (DER or PKCS#12), not PEM;'"
  })
  void what_is_wrong_with_a_certificate_is_said(String certificate, String key, String expected)
      throws Exception {
    TlsOptions.Pair pair = pair(certificate, key);
    expectFailure(pair, pair.certificates() + ": " + expected.replace("KEY;", pair.key() + ";"));
  }

  @Test
  void what_is_wrong_with_a_file_is_said() throws Exception {
    Path key = file("ec.key");
    Path none = directory.resolve("none.pem");
    expectFailure(new TlsOptions.Pair(none, key), none + ": there is no such file");
    expectFailure(new TlsOptions.Pair(directory, key), directory + ": is a directory");
    Path empty = write("empty.pem", "");
    expectFailure(
        new TlsOptions.Pair(empty, key),
        empty + ": has no certificate in it (-----BEGIN CERTIFICATE-----); is it a PEM file?");
    Path broken = write("broken.pem", Files.readString(file("ec.pem")).replaceFirst("MII", "AII"));
    expectFailure(
        new TlsOptions.Pair(broken, key), broken + ": has a damaged certificate in it; copy");
    Path cut =
        write(
            "cut.key", Files.readString(file("rsa-pkcs1.key")).replaceFirst("(?s)\n.*\n-", "\n-"));
    expectFailure(new TlsOptions.Pair(file("rsa.pem"), cut), cut + ": the key is damaged");
    Path large = write("large.pem", "x".repeat(1 + (1 << 20)));
    expectFailure(new TlsOptions.Pair(large, key), large + ": has more than 1048576 bytes");
  }

  private static void expectFailure(TlsOptions.Pair pair, String message) {
    var failure = assertThrows(SSLException.class, () -> TlsIdentity.read(pair));
    String said = String.valueOf(failure.getMessage());
    assertTrue(said.startsWith(message), said);
    assertFalse(said.contains("\n"), said);
  }

  @Test
  void a_server_does_not_start_without_its_certificate() throws Exception {
    TlsOptions tls = TlsOptions.of(file("ec.pem"), file("rsa.key"));
    ServerOptions options = TestServer.options().withTls(tls);
    assertThrows(SSLException.class, () -> server.start(options, (request, response) -> {}));
  }

  @Test
  void nor_without_the_authorities_of_its_clients() throws Exception {
    TlsOptions tls =
        TlsOptions.of(file("ec.pem"), file("ec.key"))
            .withClientAuthorities(directory.resolve("none.pem"));
    ServerOptions options = TestServer.options().withTls(tls);
    var failure =
        assertThrows(SSLException.class, () -> server.start(options, (request, response) -> {}));
    assertEquals(directory.resolve("none.pem") + ": there is no such file", failure.getMessage());
  }

  @Test
  void an_expired_certificate_is_warned_of() throws Exception {
    Instant now = Instant.now();
    Duration day = Duration.ofDays(1);
    start(AUTHORITY.issue(now.minus(day.multipliedBy(2)), now.minus(day), "old.test"));
    server.expectLogged("own.pem: the certificate has expired on ");
  }

  @Test
  void one_that_is_not_valid_yet_is_warned_of() throws Exception {
    Instant now = Instant.now();
    Duration day = Duration.ofDays(1);
    start(AUTHORITY.issue(now.plus(day), now.plus(day.multipliedBy(2)), "new.test"));
    server.expectLogged("own.pem: the certificate is not valid before ");
  }

  private void start(TestAuthority.Issued issued) throws IOException {
    Path certificate = write("own.pem", issued.certificatePem());
    Path key = write("own.key", issued.keyPem());
    ServerOptions options = TestServer.options().withTls(TlsOptions.of(certificate, key));
    server.start(options, (request, response) -> {});
  }

  @ParameterizedTest
  @CsvSource({
    "a.wild.test, true",
    "A.WILD.test, true",
    "wild.test, false",
    "a.b.wild.test, false",
    ".wild.test, false",
    "test, false",
    "ec.test, true"
  })
  void a_star_stands_for_one_label(String host, boolean fits) throws Exception {
    assertEquals(fits, TlsIdentity.read(pair("ec.pem", "ec.key")).isFor(host));
  }
}
