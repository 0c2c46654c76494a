package dev.sluice.server;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;

/**
 * A certificate of the server with its key. Immutable.
 *
 * @param source where it is from, for people
 * @param chain the certificate itself, then those that lead to an authority
 * @param key the key of the first
 * @param names the DNS names that it is for, in lower case; one may begin with {@code *.}
 */
record TlsIdentity(String source, List<X509Certificate> chain, PrivateKey key, List<String> names) {
  private static final int RSA_BITS_MIN = 2048;
  private static final int SAN_DNS = 2;
  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
  private static final byte[] SIGNED = "the same key".getBytes(StandardCharsets.US_ASCII);

  /** Reads it, and checks that the two belong together. */
  static TlsIdentity read(TlsOptions.Pair pair) throws SSLException {
    PrivateKey key = PemFile.read(pair.key()).key();
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
      throw PemFile.fault(
          pair.key(),
          "an RSA key of %d bits, which clients refuse; make one of %d or more, or an EC key"
              .formatted(rsa.getModulus().bitLength(), RSA_BITS_MIN));
    }
    Path file = pair.certificates();
    List<X509Certificate> unordered = PemFile.read(file).certificates();
    for (X509Certificate certificate : unordered) {
      if (belong(certificate.getPublicKey(), key)) {
        return of(file.toString(), ordered(file, certificate, unordered), key);
      }
    }
    throw PemFile.fault(
        file, "is not for the key in " + pair.key() + "; give the key that it was made with");
  }

  static TlsIdentity of(String source, List<X509Certificate> chain, PrivateKey key) {
    return new TlsIdentity(source, List.copyOf(chain), key, names(chain.getFirst()));
  }

  /** From the server's own certificate to its authority, whatever the order in the file. */
  private static List<X509Certificate> ordered(
      Path file, X509Certificate own, List<X509Certificate> unordered) {
    List<X509Certificate> left = new ArrayList<>(unordered);
    left.removeIf(own::equals);
    List<X509Certificate> chain = new ArrayList<>(List.of(own));
    while (true) {
      X509Certificate last = chain.getLast();
      int above = indexOfIssuer(last, left);
      if (above < 0) {
        break;
      }
      chain.add(left.remove(above));
    }
    if (!left.isEmpty()) {
      ServerLog.warn(
          "%s: left out are %d certificates that do not lead from the server's own to an authority"
              .formatted(file, left.size()),
          null);
    }
    return chain;
  }

  private static int indexOfIssuer(X509Certificate of, List<X509Certificate> among) {
    if (of.getIssuerX500Principal().equals(of.getSubjectX500Principal())) {
      return -1;
    }
    for (int i = 0; i < among.size(); i++) {
      if (among.get(i).getSubjectX500Principal().equals(of.getIssuerX500Principal())) {
        return i;
      }
    }
    return -1;
  }

  /** Whether what one signs, the other verifies. */
  private static boolean belong(PublicKey open, PrivateKey secret) {
    String algorithm =
        switch (secret.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "RSASSA-PSS" -> "RSASSA-PSS";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    if (!open.getAlgorithm().equals(secret.getAlgorithm())) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance(algorithm);
      if (algorithm.equals("RSASSA-PSS")) {
        signature.setParameter(PSS);
      }
      signature.initSign(secret);
      signature.update(SIGNED);
      byte[] signed = signature.sign();
      signature.initVerify(open);
      signature.update(SIGNED);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> name : all == null ? List.<List<?>>of() : all) {
        if (name.get(0) instanceof Integer kind && kind == SAN_DNS) {
          names.add(name.get(1).toString().toLowerCase(Locale.ROOT));
        }
      }
    } catch (CertificateParsingException e) {
      // Names that cannot be read are none; clients will tell.
    }
    return List.copyOf(names);
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  /** Whether it is for a host; a star stands for one label (RFC 9525, section 6.3). */
  boolean isFor(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.');
    return names.contains(name) || (dot > 0 && names.contains("*" + name.substring(dot)));
  }

  /** The SHA-256 of a certificate: {@code AB:CD:…}. */
  static String fingerprint(X509Certificate of) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(of.getEncoded());
      return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
    } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("a certificate without an encoding", e);
    }
  }

  /** Warns of a certificate that is not valid now. */
  void warnIfInvalid(Instant now) {
    for (X509Certificate one : chain) {
      String which = one.equals(certificate()) ? "the certificate" : "a certificate of its chain";
      Instant from = one.getNotBefore().toInstant();
      Instant until = one.getNotAfter().toInstant();
      if (until.isBefore(now)) {
        warn("%s has expired on %s: clients refuse it; renew it".formatted(which, until));
      } else if (from.isAfter(now)) {
        warn(
            "%s is not valid before %s: clients refuse it; is the clock right?"
                .formatted(which, from));
      }
    }
  }

  private void warn(String what) {
    ServerLog.warn(source + ": " + what, null);
  }
}
