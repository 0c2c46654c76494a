package dev.sluice.server;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Writes DER (ITU-T X.690), as far as keys and certificates need it. Pure. */
final class Der {
  static final int INTEGER = 0x02;
  static final int BITS = 0x03;
  static final int OCTETS = 0x04;
  static final int UTF8 = 0x0c;
  static final int UTC_TIME = 0x17;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  /** A length up to here is its own byte. */
  private static final int SHORT_MAX = 0x7f;

  private Der() {}

  /** An element, whole. */
  static byte[] tagged(int tag, byte[]... contents) {
    byte[] content = joined(contents);
    var all = new ByteArrayOutputStream(content.length + 6);
    all.write(tag);
    if (content.length <= SHORT_MAX) {
      all.write(content.length);
    } else {
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / Byte.SIZE;
      all.write(SHORT_MAX + 1 | bytes);
      for (int shift = Byte.SIZE * (bytes - 1); shift >= 0; shift -= Byte.SIZE) {
        all.write(content.length >> shift);
      }
    }
    all.writeBytes(content);
    return all.toByteArray();
  }

  static byte[] joined(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
