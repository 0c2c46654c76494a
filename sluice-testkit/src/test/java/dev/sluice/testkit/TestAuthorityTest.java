package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

final class TestAuthorityTest {
  private final TestAuthority authority = TestAuthority.create();

  @Test
  void what_it_issues_is_signed_by_it_and_has_the_names() throws Exception {
    TestAuthority.Issued issued = authority.issue("localhost", "127.0.0.1", "::1");
    issued.certificate().verify(authority.certificate().getPublicKey());
    issued.certificate().checkValidity();
    assertEquals("CN=localhost", issued.certificate().getSubjectX500Principal().getName());
    assertEquals(
        List.of(List.of(2, "localhost"), List.of(7, "127.0.0.1"), List.of(7, "0:0:0:0:0:0:0:1")),
        List.copyOf(issued.certificate().getSubjectAlternativeNames()));
    assertEquals(-1, issued.certificate().getBasicConstraints());
    assertEquals(Integer.MAX_VALUE, authority.certificate().getBasicConstraints());
  }

  @Test
  void one_may_have_expired() {
    Instant then = Instant.parse("2001-02-03T04:05:06Z");
    var old = authority.issue(then, then.plusSeconds(1), "localhost").certificate();
    assertEquals(then, old.getNotBefore().toInstant());
    assertThrows(CertificateExpiredException.class, old::checkValidity);
  }

  @Test
  void its_pem_can_be_read() throws Exception {
    var bytes = new ByteArrayInputStream(authority.pem().getBytes(StandardCharsets.US_ASCII));
    var read = CertificateFactory.getInstance("X.509").generateCertificate(bytes);
    assertEquals(authority.certificate(), read);
  }

  @Test
  void its_clients_speak_with_those_who_have_a_certificate_of_it() throws Exception {
    TestAuthority.Issued issued = authority.issue("127.0.0.1");
    var context = authority.clientContext(issued);
    try (var listener =
            (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1);
        var client =
            (SSLSocket)
                authority
                    .clientContext()
                    .getSocketFactory()
                    .createSocket("127.0.0.1", listener.getLocalPort())) {
      var parameters = client.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      client.setSSLParameters(parameters);
      Thread.ofVirtual()
          .start(() -> {
            try (var accepted = listener.accept()) {
              accepted.getOutputStream().write('x');
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      assertEquals('x', client.getInputStream().read());
      assertEquals(issued.certificate(), client.getSession().getPeerCertificates()[0]);
    }
  }
}
