package dev.sluice.server;

import static dev.sluice.server.Der.hex;
import static dev.sluice.server.Der.joined;
import static dev.sluice.server.Der.tagged;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Makes a certificate that nobody else has signed (RFC 5280), for trying out: P-256, for the names
 * of this machine's loopback and the address that is listened on. The JDK reads certificates, but
 * only its {@code keytool} makes them, which not every runtime has.
 */
final class SelfSigned {
  private static final Duration VALID = Duration.ofDays(30);

  /** Clocks differ; a browser on another machine may be behind. */
  private static final Duration BACKDATED = Duration.ofHours(1);

  private static final int SERIAL_BITS = 127;
  private static final int VERSION = 0xa0;
  private static final int EXTENSIONS = 0xa3;
  private static final int NAME_DNS = 0x82;
  private static final int NAME_ADDRESS = 0x87;

  // Object identifiers and fixed values, encoded.
  private static final byte[] VERSION_3 = hex("020102");
  private static final byte[] ECDSA_WITH_SHA256 = hex("300a06082a8648ce3d040302");
  private static final byte[] COMMON_NAME = hex("0603550403");
  private static final byte[] SUBJECT_NAMES = hex("0603551d11");
  private static final byte[] NO_AUTHORITY = hex("300c0603551d130101ff04023000");
  private static final byte[] FOR_SIGNATURES = hex("300e0603551d0f0101ff040403020780");
  private static final byte[] FOR_SERVERS = hex("30130603551d25040c300a06082b06010505070301");

  private static final DateTimeFormatter UTC_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private SelfSigned() {}

  /**
   * Makes one, with a key of its own.
   *
   * @param listen the address that is listened on
   */
  static TlsIdentity make(InetAddress listen) throws SSLException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      var encoded = new ByteArrayInputStream(signed(toBeSigned(keys, listen), keys));
      var certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(encoded);
      return TlsIdentity.of("the self-signed certificate", List.of(certificate), keys.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new SSLException("this JDK cannot make a certificate: " + e.getMessage(), e);
    }
  }

  private static byte[] signed(byte[] content, KeyPair keys) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(keys.getPrivate());
    signature.update(content);
    byte[] bits = tagged(Der.BITS, hex("00"), signature.sign());
    return tagged(Der.SEQUENCE, content, ECDSA_WITH_SHA256, bits);
  }

  private static byte[] toBeSigned(KeyPair keys, InetAddress listen) {
    Instant now = Instant.now();
    byte[] name = name("sluice, self-signed");
    return tagged(
        Der.SEQUENCE,
        tagged(VERSION, VERSION_3),
        tagged(Der.INTEGER, new BigInteger(SERIAL_BITS, new SecureRandom()).toByteArray()),
        ECDSA_WITH_SHA256,
        name,
        tagged(Der.SEQUENCE, time(now.minus(BACKDATED)), time(now.plus(VALID))),
        name,
        keys.getPublic().getEncoded(),
        tagged(EXTENSIONS, tagged(Der.SEQUENCE, extensions(listen))));
  }

  private static byte[] extensions(InetAddress listen) {
    List<byte[]> names = new ArrayList<>();
    names.add(tagged(NAME_DNS, "localhost".getBytes(StandardCharsets.US_ASCII)));
    names.add(address(InetAddress.ofLiteral("127.0.0.1")));
    names.add(address(InetAddress.ofLiteral("::1")));
    if (!listen.isAnyLocalAddress() && !listen.isLoopbackAddress()) {
      names.add(address(listen));
    }
    byte[] all = tagged(Der.SEQUENCE, names.toArray(byte[][]::new));
    byte[] alternatives = tagged(Der.SEQUENCE, SUBJECT_NAMES, tagged(Der.OCTETS, all));
    return joined(alternatives, NO_AUTHORITY, FOR_SIGNATURES, FOR_SERVERS);
  }

  private static byte[] address(InetAddress of) {
    return tagged(NAME_ADDRESS, of.getAddress());
  }

  private static byte[] name(String common) {
    byte[] text = tagged(Der.UTF8, common.getBytes(StandardCharsets.UTF_8));
    return tagged(Der.SEQUENCE, tagged(Der.SET, tagged(Der.SEQUENCE, COMMON_NAME, text)));
  }

  private static byte[] time(Instant when) {
    return tagged(Der.UTC_TIME, UTC_TIME.format(when).getBytes(StandardCharsets.US_ASCII));
  }
}
