package dev.sluice.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A header block as HPACK (RFC 7541) has it, field by field and without Huffman codes. */
final class HeaderBlock {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A request to the host {@code test}, without fields yet. */
  static HeaderBlock request(String method, String scheme, String path) {
    return new HeaderBlock()
        .field(":method", method)
        .field(":scheme", scheme)
        .field(":authority", "test")
        .field(":path", path);
  }

  /** A GET request in cleartext. */
  static HeaderBlock get(String path) {
    return request("GET", "http", path);
  }

  /** A field that is not to be remembered. */
  HeaderBlock field(String name, String value) {
    bytes.write(0);
    return string(name).string(value);
  }

  /** A field that the receiver remembers: the newest of its table, which is 62. */
  HeaderBlock remembered(String name, String value) {
    bytes.write(0x40);
    return string(name).string(value);
  }

  /** A field of the tables. */
  HeaderBlock indexed(int index) {
    return integer(0x80, 7, index);
  }

  /** A change of how large the receiver's table may be. */
  HeaderBlock tableSize(int size) {
    return integer(0x20, 5, size);
  }

  /** Bytes as they are, right or wrong. */
  HeaderBlock raw(byte... values) {
    bytes.writeBytes(values);
    return this;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  private HeaderBlock string(String text) {
    integer(0, 7, text.length());
    bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** RFC 7541 section 5.1. */
  private HeaderBlock integer(int pattern, int prefixBits, int value) {
    int most = (1 << prefixBits) - 1;
    if (value < most) {
      bytes.write(pattern | value);
      return this;
    }
    bytes.write(pattern | most);
    int rest = value - most;
    for (; rest >= 0x80; rest >>>= 7) {
      bytes.write((rest & 0x7f) | 0x80);
    }
    bytes.write(rest);
    return this;
  }
}
