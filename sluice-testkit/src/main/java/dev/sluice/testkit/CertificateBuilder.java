package dev.sluice.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Makes an X.509 certificate (RFC 5280, in DER), which the JDK can read but not make. One without
 * names is an authority's.
 */
final class CertificateBuilder {
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int OCTETS = 0x04;
  private static final int UTF8 = 0x0c;

  // Object identifiers and fixed values, encoded.
  private static final byte[] ECDSA_WITH_SHA256 = hex("300a06082a8648ce3d040302");
  private static final byte[] COMMON_NAME = hex("0603550403");
  private static final byte[] VERSION_3 = hex("a003020102");
  private static final byte[] SUBJECT_KEY = hex("0603551d0e");
  private static final byte[] SUBJECT_NAMES = hex("0603551d11");
  private static final byte[] AUTHORITY_KEY = hex("0603551d23");
  private static final byte[] IS_AUTHORITY = hex("300f0603551d130101ff040530030101ff");
  private static final byte[] SIGNS_CERTIFICATES = hex("300e0603551d0f0101ff040403020106");

  private final String subject;
  private final PublicKey key;
  private Instant from = Instant.EPOCH;
  private Instant until = Instant.EPOCH;
  private List<String> names = List.of();

  CertificateBuilder(String subject, PublicKey key) {
    this.subject = subject;
    this.key = key;
  }

  CertificateBuilder valid(Instant newFrom, Instant newUntil) {
    from = newFrom;
    until = newUntil;
    return this;
  }

  CertificateBuilder names(String... newNames) {
    names = List.of(newNames);
    return this;
  }

  X509Certificate sign(String issuer, KeyPair authority, BigInteger serial) {
    try {
      byte[] signed =
          tagged(
              SEQUENCE,
              VERSION_3,
              tagged(0x02, serial.toByteArray()),
              ECDSA_WITH_SHA256,
              name(issuer),
              tagged(SEQUENCE, time(from), time(until)),
              name(subject),
              key.getEncoded(),
              tagged(0xa3, tagged(SEQUENCE, extensions(authority.getPublic()))));
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(authority.getPrivate());
      signature.update(signed);
      byte[] whole =
          tagged(SEQUENCE, signed, ECDSA_WITH_SHA256, tagged(0x03, hex("00"), signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(whole));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("cannot make a certificate", e);
    }
  }

  private byte[] extensions(PublicKey authority) throws GeneralSecurityException {
    byte[] keys =
        joined(
            extension(SUBJECT_KEY, tagged(OCTETS, digest(key))),
            extension(AUTHORITY_KEY, tagged(SEQUENCE, tagged(0x80, digest(authority)))));
    if (names.isEmpty()) {
      return joined(keys, IS_AUTHORITY, SIGNS_CERTIFICATES);
    }
    byte[][] encoded = names.stream().map(CertificateBuilder::alternative).toArray(byte[][]::new);
    return joined(keys, extension(SUBJECT_NAMES, tagged(SEQUENCE, encoded)));
  }

  private static byte[] alternative(String name) {
    return name.matches("[0-9.]+|.*:.*")
        ? tagged(0x87, InetAddress.ofLiteral(name).getAddress())
        : tagged(0x82, name.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] extension(byte[] identifier, byte[] value) {
    return tagged(SEQUENCE, identifier, tagged(OCTETS, value));
  }

  private static byte[] digest(PublicKey of) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-1").digest(of.getEncoded());
  }

  private static byte[] name(String common) {
    byte[] text = tagged(UTF8, common.getBytes(StandardCharsets.UTF_8));
    return tagged(SEQUENCE, tagged(SET, tagged(SEQUENCE, COMMON_NAME, text)));
  }

  private static byte[] time(Instant when) {
    String text =
        DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").format(when.atZone(ZoneOffset.UTC));
    return tagged(0x17, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    byte[] content = joined(parts);
    byte[] length = BigInteger.valueOf(content.length).toByteArray(); // with a zero above 0x7f
    byte[] significant = length[0] == 0 ? Arrays.copyOfRange(length, 1, length.length) : length;
    byte[] head =
        content.length < 0x80
            ? new byte[] {(byte) tag, (byte) content.length}
            : joined(new byte[] {(byte) tag, (byte) (0x80 | significant.length)}, significant);
    return joined(head, content);
  }

  private static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
