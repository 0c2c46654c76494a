package dev.sluice.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** What is in a PEM file (RFC 7468): certificates, or a key. Failures say what to do. */
final class PemFile {
  private static final int BYTES_MAX = 1 << 20;
  private static final int DER_SEQUENCE = 0x30;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private record Block(String label, String text) {
    byte[] der() {
      return Base64.getMimeDecoder().decode(text);
    }
  }

  private final Path path;
  private final List<Block> blocks = new ArrayList<>();

  private PemFile(Path path, byte[] bytes) {
    this.path = path;
    Matcher block = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    while (block.find()) {
      blocks.add(new Block(block.group(1), block.group(2)));
    }
  }

  /** Reads a file. */
  static PemFile read(Path path) throws SSLException {
    try {
      if (Files.isDirectory(path)) {
        throw fault(path, "is a directory; give a PEM file");
      }
      if (Files.size(path) > BYTES_MAX) {
        throw fault(path, "has more than " + BYTES_MAX + " bytes; give a PEM file");
      }
      byte[] bytes = Files.readAllBytes(path);
      if (bytes.length > 0 && bytes[0] == DER_SEQUENCE) {
        throw fault(
            path, "is binary (DER or PKCS#12), not PEM; openssl x509, pkey or pkcs12 converts it");
      }
      return new PemFile(path, bytes);
    } catch (NoSuchFileException e) {
      throw fault(path, "there is no such file", e);
    } catch (AccessDeniedException e) {
      throw fault(path, "may not be read by this user; change its owner or its mode", e);
    } catch (SSLException e) {
      throw e;
    } catch (IOException e) {
      throw fault(path, "cannot be read: " + e.getMessage(), e);
    }
  }

  /** What is wrong with a file, in a line for people. */
  static SSLException fault(Path path, String what) {
    return new SSLException(path + ": " + what);
  }

  static SSLException fault(Path path, String what, Throwable cause) {
    return new SSLException(path + ": " + what, cause);
  }

  /** All certificates, in their order; at least one. */
  List<X509Certificate> certificates() throws SSLException {
    List<X509Certificate> found = new ArrayList<>();
    for (Block block : blocks) {
      if (block.label().endsWith("CERTIFICATE")) {
        found.add(certificate(block));
      }
    }
    if (found.isEmpty()) {
      throw fault(path, "has no certificate in it (-----BEGIN CERTIFICATE-----)" + instead());
    }
    return found;
  }

  private X509Certificate certificate(Block block) throws SSLException {
    try {
      var in = new ByteArrayInputStream(block.der());
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (CertificateException | IllegalArgumentException e) {
      throw fault(path, "has a damaged certificate in it; copy the file again", e);
    }
  }

  /** The first key. */
  PrivateKey key() throws SSLException {
    for (Block block : blocks) {
      if (block.label().endsWith("PRIVATE KEY")) {
        return key(block);
      }
    }
    throw fault(path, "has no private key in it (-----BEGIN PRIVATE KEY-----)" + instead());
  }

  private PrivateKey key(Block block) throws SSLException {
    String plain = "openssl pkey -in %s -out plain.pem".formatted(path);
    if (block.label().startsWith("ENCRYPTED") || block.text().contains("ENCRYPTED")) {
      throw fault(path, "the key is encrypted; decrypt it with: " + plain);
    }
    if (block.label().startsWith("OPENSSH")) {
      throw fault(path, "is a key of OpenSSH; TLS needs one that belongs to a certificate");
    }
    try {
      byte[] der = block.der();
      return switch (block.label()) {
        case "PRIVATE KEY" -> PrivateKeys.ofPkcs8(der);
        case "RSA PRIVATE KEY" -> PrivateKeys.ofPkcs1(der);
        case "EC PRIVATE KEY" -> PrivateKeys.ofSec1(der);
        default -> throw fault(path, "has a " + block.label() + "; use one of RSA, EC or Ed25519");
      };
    } catch (IllegalArgumentException e) {
      throw fault(path, "the key is damaged, or of a kind that is not supported; try: " + plain, e);
    }
  }

  /** What the file holds, when that is not what it should. */
  private String instead() {
    return blocks.isEmpty() ? "; is it a PEM file?" : ", but a " + blocks.getFirst().label();
  }
}
