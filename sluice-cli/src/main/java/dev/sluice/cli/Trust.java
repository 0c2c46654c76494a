package dev.sluice.cli;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** For {@code https:}, whom a client trusts and by what it is known itself, as curl calls it. */
final class Trust {
  private static final char[] NO_PASSWORD = {};

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description =
          "For https: trust the authorities in this file (PEM), or a certificate itself, and no"
              + " others; default: those that Java trusts.")
  private @Nullable Path authorities;

  @Option(
      names = {"-k", "--insecure"},
      description =
          "For https: do not check who the server is. Who is between may read and change it all.")
  private boolean insecure;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "For https: the certificate to show to a server that asks for one (PEM).")
  private @Nullable Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The key of --cert (PEM); default: the file of --cert has it.")
  private @Nullable Path key;

  /**
   * How connections are encrypted; null for what is usual in Java.
   *
   * @throws CliException if a file cannot be used, or options contradict each other
   */
  @Nullable SSLContext context() throws CliException {
    if (insecure && authorities != null) {
      throw new CliException(
          ExitStatus.USAGE, "--cacert: --insecure checks nothing; leave one of them out");
    }
    if (key != null && certificate == null) {
      throw new CliException(ExitStatus.USAGE, "--key: give its certificate, too, by --cert FILE");
    }
    if (!insecure && authorities == null && certificate == null) {
      return null;
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), trustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new CliException(ExitStatus.FAILED, "cannot use TLS: " + e.getMessage(), e);
    }
  }

  private TrustManager @Nullable [] trustManagers()
      throws CliException, GeneralSecurityException, IOException {
    if (insecure) {
      return new TrustManager[] {new Anyone()};
    }
    if (authorities == null) {
      return null;
    }
    KeyStore trusted = emptyStore();
    for (X509Certificate each : Pem.read("--cacert", authorities).certificates()) {
      trusted.setCertificateEntry("ca" + trusted.size(), each);
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }

  private KeyManager @Nullable [] keyManagers()
      throws CliException, GeneralSecurityException, IOException {
    if (certificate == null) {
      return null;
    }
    List<X509Certificate> chain = Pem.read("--cert", certificate).certificates();
    Pem keys = key == null ? Pem.read("--cert", certificate) : Pem.read("--key", key);
    PrivateKey secret = keys.key();
    if (!belong(chain.getFirst().getPublicKey(), secret)) {
      throw new CliException(
          ExitStatus.FAILED,
          "--cert %s: is not for the key in %s; give the key that it was made with"
              .formatted(certificate, keys.file()));
    }
    KeyStore own = emptyStore();
    own.setKeyEntry("own", secret, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  /** Tries it; a key of a kind that is not tried may belong. */
  private static boolean belong(PublicKey open, PrivateKey secret) throws GeneralSecurityException {
    if (!open.getAlgorithm().equals(secret.getAlgorithm())) {
      return false;
    }
    Signature signature;
    switch (secret.getAlgorithm()) {
      case "RSA" -> signature = Signature.getInstance("SHA256withRSA");
      case "EC" -> signature = Signature.getInstance("SHA256withECDSA");
      case "EdDSA" -> signature = Signature.getInstance("EdDSA");
      default -> {
        return true;
      }
    }
    signature.initSign(secret);
    byte[] signed = signature.sign();
    signature.initVerify(open);
    return signature.verify(signed);
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** Trusts anyone, whatever name is on the certificate: being an extended one, it checks that. */
  private static final class Anyone extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
