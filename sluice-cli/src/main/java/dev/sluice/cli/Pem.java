package dev.sluice.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is in a file of certificates and keys (RFC 7468).
 *
 * @param option that named the file, for messages
 * @param file where it is
 * @param text all of it
 */
record Pem(String option, Path file, String text) {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");

  /**
   * Reads it.
   *
   * @throws CliException if it cannot be read
   */
  static Pem read(String option, Path file) throws CliException {
    if (Files.isDirectory(file)) {
      throw failure(option, file, "is a directory; give a PEM file", null);
    }
    try {
      return new Pem(option, file, Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw failure(option, file, "there is no such file", e);
    } catch (AccessDeniedException e) {
      throw failure(option, file, "may not be read by this user", e);
    } catch (IOException e) {
      throw failure(option, file, "cannot be read: " + e, e);
    }
  }

  /**
   * The certificates, in their order.
   *
   * @throws CliException if there is none, or what cannot be one
   */
  List<X509Certificate> certificates() throws CliException {
    List<X509Certificate> found = new ArrayList<>();
    try {
      CertificateFactory x509 = CertificateFactory.getInstance("X.509");
      for (byte[] block : blocks("CERTIFICATE")) {
        found.add((X509Certificate) x509.generateCertificate(new ByteArrayInputStream(block)));
      }
    } catch (CertificateException e) {
      throw failure(option, file, "a certificate in it is damaged: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw failure(option, file, "has no certificate; it has to be PEM (BEGIN CERTIFICATE)", null);
    }
    return found;
  }

  /**
   * The private key.
   *
   * @throws CliException if there is none that can be used
   */
  PrivateKey key() throws CliException {
    List<byte[]> keys = blocks("PRIVATE KEY");
    if (keys.isEmpty()) {
      boolean other = text.contains("PRIVATE KEY-----");
      throw failure(
          option,
          file,
          other
              ? "its key is encrypted or of an older kind; make one that can be read with: openssl"
                  + " pkey -in %s -out plain.pem".formatted(file)
              : "has no key; it has to be PEM (BEGIN PRIVATE KEY)",
          null);
    }
    var encoded = new PKCS8EncodedKeySpec(keys.getFirst());
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        // It is one of another algorithm.
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e); // every JDK has them
      }
    }
    throw failure(option, file, "its key is damaged, or of an unknown algorithm", null);
  }

  private List<byte[]> blocks(String type) throws CliException {
    List<byte[]> found = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      if (block.group(1).equals(type)) {
        try {
          found.add(Base64.getMimeDecoder().decode(block.group(2)));
        } catch (IllegalArgumentException e) {
          throw failure(option, file, "is damaged: " + e.getMessage(), e);
        }
      }
    }
    return found;
  }

  private static CliException failure(
      String option, Path file, String why, @Nullable Exception cause) {
    return new CliException(ExitStatus.FAILED, option + " " + file + ": " + why, cause);
  }
}
