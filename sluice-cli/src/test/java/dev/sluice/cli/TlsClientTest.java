package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.Router;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.MemoryStore;
import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.server.TlsOptions;
import dev.sluice.streams.Journals;
import dev.sluice.streams.StreamHandler;
import dev.sluice.streams.StreamOptions;
import dev.sluice.testkit.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What {@code cat} and {@code append} do over TLS, and what they say when they cannot. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class TlsClientTest {
  private static final String UNCHECKED = "; --insecure does not check it";

  // Held, since a logger that is collected forgets its level. What a handler says that ends late
  // must not get into what another test reads.
  private static final Logger ALL = Logger.getLogger("dev.sluice");

  private final TestAuthority authority = TestAuthority.create();

  @TempDir private Path directory;
  private Server server;

  @BeforeEach
  void issue() throws IOException {
    ALL.setLevel(Level.OFF); // it warns of a certificate that has expired
    write("ca.pem", authority.pem());
    write("server", authority.issue("localhost", "127.0.0.1"));
    write("other", authority.issue("other.example"));
    write("client", authority.issue("alice"));
    write("foreign", TestAuthority.create().issue("mallory"));
    Instant then = Instant.parse("2001-01-01T00:00:00Z");
    write("expired", authority.issue(then, then.plusSeconds(60), "localhost"));
  }

  private void write(String name, TestAuthority.Issued issued) throws IOException {
    write(name + ".pem", issued.certificatePem());
    write(name + ".key", issued.keyPem());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (server != null) {
      server.shutdown(Duration.ZERO);
    }
  }

  /** Serves journals; returns the URL of one. */
  private String serve(ServerOptions options) throws IOException {
    var journals = new Journals(new MemoryStore(JournalLimits.defaults()));
    Router site = new StreamHandler(journals, StreamOptions.defaults()).addTo(new Router());
    server = Server.start(options.withPort(0), site);
    return server.url().getScheme() + "://localhost:" + server.port() + "/v1/stream/log";
  }

  private String serveTls(String name) throws IOException {
    return serve(ServerOptions.defaults().withTls(tls(name)));
  }

  private TlsOptions tls(String name) {
    return TlsOptions.of(directory.resolve(name + ".pem"), directory.resolve(name + ".key"));
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  /** Options; what ends with {@code .pem} or {@code .key} is a file here. */
  private List<String> options(String text) {
    List<String> options = new ArrayList<>();
    for (String option : text.isEmpty() ? new String[0] : text.split(" ")) {
      options.add(option.matches(".*\\.(pem|key)") ? file(option) : option);
    }
    return options;
  }

  private void expectCreated(String url, String options) throws Exception {
    Trust trust = CommandLine.populateCommand(new Trust(), options(options).toArray(String[]::new));
    try (var client = new JournalClient(trust.context())) {
      Answer created = client.create(URI.create(url), "text/plain");
      assertEquals(201, created.status());
      assertEquals(url, created.header("Location"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "server, --cacert ca.pem",
    "server, --cacert server.pem",
    "other, --insecure",
    "expired, -k",
  })
  void a_server_that_is_trusted_is_spoken_with(String name, String options) throws Exception {
    expectCreated(serveTls(name), options);
  }

  @Test
  void a_certificate_is_shown_to_a_server_that_asks() throws Exception {
    String url =
        serve(
            ServerOptions.defaults()
                .withTls(tls("server").withClientAuthorities(directory.resolve("ca.pem"))));
    expectCreated(url, "--cacert ca.pem --cert client.pem --key client.key");
    Files.writeString(
        directory.resolve("both.pem"),
        Files.readString(directory.resolve("client.key"))
            + Files.readString(directory.resolve("client.pem")));
    try (var client =
        new JournalClient(
            CommandLine.populateCommand(
                    new Trust(), "--cacert", file("ca.pem"), "--cert", file("both.pem"))
                .context())) {
      assertEquals(200, client.head(URI.create(url)).status());
    }
  }

  private void expectRefused(String url, String options, String why) {
    List<String> call = new ArrayList<>(List.of("cat"));
    call.addAll(options(options));
    call.add(url);
    Cli ended = Cli.run(call.toArray(String[]::new));
    assertEquals("sluice: " + url + ": " + why + "\n", ended.err());
    assertEquals(1, ended.status());
  }

  @Test
  void a_server_that_nobody_vouches_for_is_refused_at_once() throws Exception {
    expectRefused(
        serveTls("server"),
        "",
        "nobody who is trusted here vouches for the server's certificate; give its authority, or"
            + " the certificate itself, by --cacert FILE"
            + UNCHECKED);
  }

  @Test
  void a_certificate_for_another_name_is_refused() throws Exception {
    expectRefused(
        serveTls("other"),
        "--cacert ca.pem",
        "the server's certificate is for another name (No subject alternative DNS name matching"
            + " localhost found.)"
            + UNCHECKED);
  }

  @Test
  void one_that_has_expired_is_refused() throws Exception {
    String url = serveTls("expired");
    Cli ended = Cli.run("cat", "--cacert", file("ca.pem"), url);
    String begin = "sluice: " + url + ": the server's certificate has expired (NotAfter: ";
    assertEquals(begin, ended.err().substring(0, Math.min(begin.length(), ended.err().length())));
    assertEquals(1, ended.status());
  }

  @ParameterizedTest
  @CsvSource({
    "'', the server wants to see a certificate that it trusts; give one by --cert and --key",
    "--cert foreign.pem --key foreign.key, the server does not trust the certificate of --cert;"
        + " give one of its authorities",
  })
  void a_server_that_wants_a_certificate_says_so(String options, String why) throws Exception {
    String url =
        serve(
            ServerOptions.defaults()
                .withTls(tls("server").withClientAuthorities(directory.resolve("ca.pem"))));
    expectRefused(url, ("-k " + options).strip(), why);
  }

  @Test
  void cleartext_on_either_side_is_told() throws Exception {
    String tls = serveTls("server").replace("https:", "http:");
    Cli ended = Cli.run("cat", tls);
    assertEquals(1, ended.status());
    assertEquals(
        "sluice: %s: this port speaks TLS: use https://127.0.0.1:%d/\n"
            .formatted(tls, server.port()),
        ended.err());
    server.shutdown(Duration.ZERO);
    String plain = serve(ServerOptions.defaults());
    expectRefused(plain.replace("http:", "https:"), "", "no TLS is spoken there; write http://");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
  void a_key_of_another_kind_is_told_how_to_convert(String kind) throws Exception {
    write("other.key", "-----BEGIN %1$s-----\nAAAA\n-----END %1$s-----\n".formatted(kind));
    assertEquals(
        "--key %1$s: its key is encrypted or of an older kind; make one that can be read with:"
                .formatted(file("other.key"))
            + " openssl pkey -in %s -out plain.pem".formatted(file("other.key")),
        whyNot("--cert", file("client.pem"), "--key", file("other.key")));
  }

  /** As the message says. */
  @Tag("external")
  @Tag("needs-openssl")
  @ParameterizedTest
  @ValueSource(strings = {"rsa -traditional", "ec", "pkcs8 -topk8 -passout pass:secret"})
  void one_that_was_converted_so_can_be_used(String conversion) throws Exception {
    boolean rsa = conversion.startsWith("rsa");
    openssl(
        "req -x509 -newkey %s -nodes -subj /CN=alice -keyout new.key -out own.pem"
            .formatted(rsa ? "rsa:2048" : "ec -pkeyopt ec_paramgen_curve:prime256v1"));
    openssl(conversion + " -in new.key -out other.key");
    String given = whyNot("--cert", file("own.pem"), "--key", file("other.key"));
    String command = given.substring(given.indexOf("openssl ") + "openssl ".length());
    openssl(command + (conversion.contains("pass") ? " -passin pass:secret" : ""));
    CommandLine.populateCommand(new Trust(), "--cert", file("own.pem"), "--key", file("plain.pem"))
        .context();
  }

  private void openssl(String arguments) throws Exception {
    List<String> call = new ArrayList<>(List.of("openssl"));
    call.addAll(List.of(arguments.split(" ")));
    Process process =
        new ProcessBuilder(call).directory(directory.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  @Test
  void a_key_of_another_certificate_is_told() {
    assertEquals(
        "--cert %s: is not for the key in %s; give the key that it was made with"
            .formatted(file("client.pem"), file("other.key")),
        whyNot("--cert", file("client.pem"), "--key", file("other.key")));
  }

  @Test
  void a_file_that_cannot_be_read_is_told() throws Exception {
    assertEquals(
        "--cacert %s: is a directory; give a PEM file".formatted(directory),
        whyNot("--cacert", directory.toString()));
    assertEquals(
        "--cert %s: there is no such file".formatted(file("none.pem")),
        whyNot("--cert", file("none.pem")));
    write("empty.pem", "");
    assertEquals(
        "--cacert %s: has no certificate; it has to be PEM (BEGIN CERTIFICATE)"
            .formatted(file("empty.pem")),
        whyNot("--cacert", file("empty.pem")));
  }

  private static String whyNot(String... options) {
    Trust trust = CommandLine.populateCommand(new Trust(), options);
    return assertThrows(CliException.class, trust::context).getMessage();
  }
}
