package dev.sluice.testkit;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * An authority for one test, which issues certificates for servers and clients: good ones, expired
 * ones, for any names. Nobody else trusts it.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class TestAuthority {
  private static final Duration A_DAY = Duration.ofDays(1);
  private static final char[] NO_PASSWORD = {};

  private final KeyPair keys;
  private final X509Certificate certificate;
  private final AtomicLong serial = new AtomicLong(1);

  /**
   * A certificate and its key (P-256).
   *
   * @param certificate issued by the authority
   * @param key its private key
   */
  public record Issued(X509Certificate certificate, PrivateKey key) {
    /** The certificate as a server's or a client's program reads it. */
    public String certificatePem() {
      return TestAuthority.pem(certificate);
    }

    /** The key (PKCS #8), likewise. */
    public String keyPem() {
      return TestAuthority.pem("PRIVATE KEY", key.getEncoded());
    }
  }

  private TestAuthority(KeyPair keys, X509Certificate certificate) {
    this.keys = keys;
    this.certificate = certificate;
  }

  /** A new one, with a key of its own. */
  public static TestAuthority create() {
    KeyPair keys = newKeys();
    Instant now = Instant.now();
    X509Certificate certificate =
        new CertificateBuilder("sluice test authority", keys.getPublic())
            .valid(now.minus(A_DAY), now.plus(A_DAY))
            .sign("sluice test authority", keys, BigInteger.ONE);
    return new TestAuthority(keys, certificate);
  }

  /**
   * Issues a certificate that is valid today.
   *
   * @param names host names and addresses; the first is the subject's common name, too
   */
  public Issued issue(String... names) {
    Instant now = Instant.now();
    return issue(now.minus(A_DAY), now.plus(A_DAY), names);
  }

  /** Issues a certificate that is valid from then to then. */
  public Issued issue(Instant from, Instant until, String... names) {
    KeyPair own = newKeys();
    X509Certificate issued =
        new CertificateBuilder(names[0], own.getPublic())
            .valid(from, until)
            .names(names)
            .sign("sluice test authority", keys, BigInteger.valueOf(serial.incrementAndGet()));
    return new Issued(issued, own.getPrivate());
  }

  /** The authority's own certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** The authority's own certificate, as programs read it. */
  public String pem() {
    return pem(certificate);
  }

  /** For clients that trust this authority and nobody else. */
  public SSLContext clientContext() {
    return clientContext(null);
  }

  /** For clients that do so, and show a certificate to a server that asks. */
  public SSLContext clientContext(@Nullable Issued own) {
    try {
      KeyStore trusted = emptyStore();
      trusted.setCertificateEntry("authority", certificate);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyStore shown = emptyStore();
      if (own != null) {
        shown.setKeyEntry("own", own.key(), NO_PASSWORD, new X509Certificate[] {own.certificate()});
      }
      var keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keyManagers.init(shown, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError("a JDK without TLS", e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("a JDK without P-256", e);
    }
  }

  private static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError("it was parsed from its encoding", e);
    }
  }

  private static String pem(String type, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, base64);
  }
}
