package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.testkit.TestAuthority;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code sluice run} over TLS, and the JDK's client. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class RunTlsTest {
  @TempDir private Path directory;

  @Test
  void output_comes_in_time_over_tls_with_the_certificate_that_is_printed() throws Exception {
    try (SluiceProcess run =
            SluiceProcess.run(
                "--tls", "self-signed", "--", "sh", "-c", "echo one; read go; echo two");
        HttpClient client =
            HttpClient.newBuilder()
                .sslContext(CommandLine.populateCommand(new Trust(), "-k").context())
                .build()) {
      String fingerprint =
          run.awaitLine(
                  Pattern.compile(
                      "sluice: self-signed certificate, which browsers warn of;"
                          + " SHA-256 fingerprint (.*)"))
              .group(1);
      URI url =
          URI.create(
              run.awaitLine(
                      Pattern.compile("sluice: (https://\\S+/) \\(curl -k -N, or a browser\\)"))
                  .group(1));
      var response = client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofInputStream());
      assertEquals(HttpClient.Version.HTTP_2, response.version());
      assertEquals(fingerprint, fingerprint(response));
      try (var lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        assertEquals("one", lines.readLine());
        run.go();
        assertEquals("two", lines.readLine());
        assertEquals(null, lines.readLine());
      }
    }
  }

  private static String fingerprint(HttpResponse<?> response) throws Exception {
    byte[] certificate = response.sslSession().orElseThrow().getPeerCertificates()[0].getEncoded();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate);
    return HexFormat.ofDelimiter(":").formatHex(digest).toUpperCase(Locale.ROOT);
  }

  @Test
  @Tag("external") // to save the time that a JVM takes
  void the_url_has_a_name_that_is_on_the_certificate() throws Exception {
    TestAuthority authority = TestAuthority.create();
    TestAuthority.Issued issued = authority.issue("*.example", "build.example", "192.0.2.1");
    Path certificate = Files.writeString(directory.resolve("cert.pem"), issued.certificatePem());
    Path key = Files.writeString(directory.resolve("key.pem"), issued.keyPem());
    try (SluiceProcess run =
        SluiceProcess.run(
            "--tls-cert", certificate.toString(), "--tls-key", key.toString(), "--", "true")) {
      assertEquals("build.example", run.awaitUrl().getHost());
    }
  }

  @Test
  void files_that_are_wrong_are_told_before_the_command_starts() throws Exception {
    Path missing = directory.resolve("missing.pem");
    Path touched = directory.resolve("touched");
    String file = missing.toString();
    Cli ended =
        Cli.run(
            "run",
            "--listen",
            "0",
            "--tls-cert",
            file,
            "--tls-key",
            file,
            "--",
            "touch",
            touched.toString());
    assertEquals("sluice: " + file + ": there is no such file\n", ended.err());
    assertEquals(1, ended.status());
    assertEquals(false, Files.exists(touched));
  }
}
