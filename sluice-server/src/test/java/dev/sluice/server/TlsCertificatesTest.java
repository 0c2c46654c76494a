package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.TestAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates a server shows, and which it asks for. */
final class TlsCertificatesTest extends TlsWireTest {

  private TlsClient client(SSLContext context, @Nullable String host) throws IOException {
    return new TlsClient(
        connect(),
        context,
        given -> {
          given.setServerNames(host == null ? List.of() : List.of(new SNIHostName(host)));
          return given;
        });
  }

  /** What the server shows to who asks for that host. */
  private X509Certificate served(@Nullable String host) throws IOException {
    return certificateOf(client(AUTHORITY.clientContext(), host).shakeHands());
  }

  private static X509Certificate certificateOf(TlsClient client) throws IOException {
    return (X509Certificate) client.engine().getSession().getPeerCertificates()[0];
  }

  @ParameterizedTest
  @CsvSource({
    "first.test, 0",
    "second.test, 1",
    "a.third.test, 2",
    "a.b.third.test, 0",
    "none.test, 0",
    ", 0"
  })
  void the_host_that_a_client_names_chooses_the_certificate(@Nullable String host, int index)
      throws Exception {
    List<TestAuthority.Issued> all =
        List.of(
            AUTHORITY.issue("first.test"),
            AUTHORITY.issue("second.test", "other.test"),
            AUTHORITY.issue("*.third.test"));
    TlsOptions tls = files("0", all.get(0));
    for (int i = 1; i < all.size(); i++) {
      TlsOptions.Pair more = files("" + i, all.get(i)).pairs().getFirst();
      tls = tls.and(more.certificates(), more.key());
    }
    TlsOptions whole = tls;
    serve(options -> options.withTls(whole), (request, response) -> {});
    assertEquals(all.get(index).certificate(), served(host));
  }

  @Test
  void the_server_tells_its_fingerprint() throws Exception {
    Server here = serveTls((request, response) -> {});
    assertTrue(here.fingerprint().matches("[0-9A-F]{2}(:[0-9A-F]{2}){31}"), here.fingerprint());
    assertEquals(ISSUED.certificate().getNotAfter().toInstant(), here.certificateExpires());
    assertEquals("https", here.url().getScheme());
  }

  @Test
  void without_tls_it_has_none() throws Exception {
    Server here = serve((request, response) -> {});
    assertThrows(IllegalStateException.class, here::fingerprint);
  }

  @Test
  void a_certificate_can_be_self_signed() throws Exception {
    Server here =
        serve(options -> options.withTls(TlsOptions.selfSigned()), (request, response) -> {});
    SSLContext context = SSLContext.getInstance("TLS");
    var trusted = new TrustOnce();
    context.init(null, new TrustManager[] {trusted}, null);
    client(context, null).shakeHands();
    X509Certificate shown = trusted.seen();
    shown.verify(shown.getPublicKey());
    shown.checkValidity();
    assertEquals(here.fingerprint(), TlsIdentity.fingerprint(shown));
    assertTrue(shown.getNotAfter().toInstant().isAfter(Instant.now().plus(Duration.ofDays(29))));
    List<Object> names =
        shown.getSubjectAlternativeNames().stream().map(name -> (Object) name.get(1)).toList();
    assertEquals(List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"), names);
    assertThrows(
        IllegalStateException.class, () -> TlsOptions.selfSigned().and(directory, directory));
  }

  // Client certificates.

  private Server serveKnown(AtomicReference<List<X509Certificate>> shown) throws IOException {
    Path authorities = write("authorities.pem", AUTHORITY.pem());
    TlsOptions tls = files("server", ISSUED).withClientAuthorities(authorities);
    return serve(
        options -> options.withTls(tls),
        (request, response) -> {
          shown.set(request.clientCertificates());
          response.write("known");
        });
  }

  @Test
  void a_client_shows_its_certificate() throws Exception {
    var shown = new AtomicReference<List<X509Certificate>>();
    serveKnown(shown);
    TestAuthority.Issued own = AUTHORITY.issue("client");
    client(AUTHORITY.clientContext(own), null).shakeHands().send(GET).receiveUntil("known");
    assertEquals(own.certificate(), shown.get().getFirst());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_client_without_one_is_told_so(String version) throws Exception {
    serveKnown(new AtomicReference<>());
    TlsClient client = client(version);
    assertThrows(
        SSLException.class,
        () -> {
          client.shakeHands();
          client.receiveBytes(); // with TLS 1.3 its handshake is done before it is refused
        });
    client.raw().expectEnd();
    assertTrue(access.awaitLine().contains("TLS: the handshake failed: "));
  }

  @Test
  void a_certificate_of_another_authority_is_refused() throws Exception {
    serveKnown(new AtomicReference<>());
    TestAuthority.Issued stranger = TestAuthority.create().issue("stranger");
    TlsClient client = client(AUTHORITY.clientContext(stranger), null);
    assertThrows(
        SSLException.class,
        () -> {
          client.shakeHands();
          client.receiveBytes();
        });
    assertTrue(access.awaitLine().contains("TLS: the handshake failed: "));
  }

  @Test
  void a_client_that_is_not_asked_shows_none() throws Exception {
    var shown = new AtomicReference<List<X509Certificate>>();
    serveTls((request, response) -> {
      assertTrue(request.secure());
      shown.set(request.clientCertificates());
      response.write("unknown");
    });
    client("TLSv1.3").shakeHands().send(GET).receiveUntil("unknown");
    assertEquals(List.of(), shown.get());
  }

  // Files that change.

  private static TlsContexts contexts(TlsOptions options) throws SSLException {
    return TlsContexts.start(options, new InetSocketAddress(0));
  }

  private void replace(String name, String text) throws IOException {
    Path fresh = write(name + ".new", text);
    Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void a_new_certificate_is_shown_from_then_on_and_open_connections_go_on() throws Exception {
    Server here = serveTls((request, response) -> response.write("hello"));
    TlsClient before = client(AUTHORITY.clientContext(), null).shakeHands();
    String fingerprint = here.fingerprint();
    TestAuthority.Issued renewed = AUTHORITY.issue("localhost");
    replace("server.pem", renewed.certificatePem());
    replace("server.key", renewed.keyPem());
    Await.until("the new one is read", () -> !here.fingerprint().equals(fingerprint));
    assertEquals(renewed.certificate(), served(null));
    assertEquals(ISSUED.certificate(), certificateOf(before));
    before.send(GET).receiveUntil("hello");
  }

  @Test
  void a_link_that_is_turned_is_noticed() throws Exception {
    files("one", AUTHORITY.issue("one.test"));
    files("two", AUTHORITY.issue("two.test"));
    Path live = Files.createSymbolicLink(directory.resolve("live"), directory);
    Path certificate = Files.createSymbolicLink(live.resolve("c.pem"), Path.of("one.pem"));
    Path key = Files.createSymbolicLink(live.resolve("c.key"), Path.of("one.key"));
    try (TlsContexts contexts = contexts(TlsOptions.of(certificate, key))) {
      String before = contexts.fingerprint();
      Files.delete(certificate);
      Files.createSymbolicLink(certificate, Path.of("two.pem"));
      Files.delete(key);
      Files.createSymbolicLink(key, Path.of("two.key"));
      contexts.look();
      assertNotEquals(before, contexts.fingerprint());
    }
  }

  @Test
  void a_certificate_that_waits_for_its_key_is_not_warned_of_at_once() throws Exception {
    try (TlsContexts contexts = contexts(files("server", ISSUED))) {
      String before = contexts.fingerprint();
      TestAuthority.Issued renewed = AUTHORITY.issue("localhost");
      replace("server.pem", renewed.certificatePem());
      contexts.look();
      assertEquals(before, contexts.fingerprint());
      replace("server.key", renewed.keyPem());
      contexts.look();
      assertNotEquals(before, contexts.fingerprint());
    }
  }

  @Test
  void files_that_stay_wrong_are_warned_of_once_and_the_old_certificate_stays() throws Exception {
    try (TlsContexts contexts = contexts(files("server", ISSUED))) {
      String before = contexts.fingerprint();
      replace("server.pem", "what?");
      for (int i = 0; i < 5; i++) {
        contexts.look();
      }
      server.expectLogged(
          "server.pem: has no certificate in it (-----BEGIN CERTIFICATE-----); is it a PEM file?"
              + " What was read before stays in use.");
      assertEquals(before, contexts.fingerprint());
      Files.delete(directory.resolve("server.pem"));
      for (int i = 0; i < 5; i++) {
        contexts.look();
      }
      server.expectLogged("server.pem: there is no such file");
      replace("server.pem", ISSUED.certificatePem());
      contexts.look();
      assertEquals(before, contexts.fingerprint());
    }
  }
}
