package dev.sluice.server;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/**
 * Private keys from DER. The JDK knows PKCS#8 only (RFC 5958), in which the older forms are
 * wrapped: PKCS#1 (RFC 8017) and SEC1 (RFC 5915). Pure.
 */
final class PrivateKeys {
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private static final int SEC1_PARAMETERS = 0xa0;
  private static final byte[] VERSION_0 = Der.hex("020100");

  /** The algorithm rsaEncryption with NULL, whole. */
  private static final byte[] RSA = Der.hex("300d06092a864886f70d0101010500");

  /** The name id-ecPublicKey; the curve follows it. */
  private static final byte[] EC = Der.hex("06072a8648ce3d0201");

  private PrivateKeys() {}

  /**
   * Decodes PKCS#8.
   *
   * @throws IllegalArgumentException if it is none, or of an unknown algorithm
   */
  static PrivateKey ofPkcs8(byte[] der) {
    var encoded = new PKCS8EncodedKeySpec(der);
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        // Of another algorithm.
      } catch (GeneralSecurityException e) {
        throw new IllegalArgumentException(e);
      }
    }
    throw new IllegalArgumentException("no known kind of key");
  }

  /** Decodes PKCS#1: RSA. */
  static PrivateKey ofPkcs1(byte[] der) {
    return ofPkcs8(Der.tagged(Der.SEQUENCE, VERSION_0, RSA, Der.tagged(Der.OCTETS, der)));
  }

  /** Decodes SEC1: elliptic curves. */
  static PrivateKey ofSec1(byte[] der) {
    byte[] algorithm = Der.tagged(Der.SEQUENCE, EC, curve(der));
    return ofPkcs8(Der.tagged(Der.SEQUENCE, VERSION_0, algorithm, Der.tagged(Der.OCTETS, der)));
  }

  /** The curve's name in {@code SEQUENCE { version, key, [0] curve, [1] public key }}. */
  private static byte[] curve(byte[] der) {
    int at = contentOf(der, 0);
    while (at < der.length) {
      int content = contentOf(der, at);
      int end = content + lengthOf(der, at);
      if (end > der.length) {
        break;
      }
      if ((der[at] & 0xff) == SEC1_PARAMETERS) {
        return Arrays.copyOfRange(der, content, end);
      }
      at = end;
    }
    throw new IllegalArgumentException("a key that does not name its curve");
  }

  private static int contentOf(byte[] der, int at) {
    int first = byteAt(der, at + 1);
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int lengthOf(byte[] der, int at) {
    int first = byteAt(der, at + 1);
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = Math.min(length << 8 | byteAt(der, at + 2 + i), 1 << 20);
    }
    return length;
  }

  private static int byteAt(byte[] der, int at) {
    if (at >= der.length) {
      throw new IllegalArgumentException("DER that ends too early");
    }
    return der[at] & 0xff;
  }
}
