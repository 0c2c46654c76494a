package dev.sluice.streams;

import dev.sluice.FrameBuffer;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Offset;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Base64;

/**
 * Writes the little JSON that the encodings need; pure, and without garbage where output is text.
 *
 * <p>What it writes is one line, of printable characters alone, and holds no {@code <}: it breaks
 * no framing, moves no terminal's cursor, and becomes no markup wherever it is put.
 */
final class Json {
  private static final byte[] HEX = ascii("0123456789abcdef");
  private static final byte[] GENERATION = ascii("0000000000000000_");
  private static final byte[] TEXT = ascii("\"text\":\"");
  private static final byte[] BASE64 = ascii("\"base64\":\"");
  private static final long DAY_MICROS = 86_400_000_000L;

  private Json() {}

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A piece's bytes: {@code "text":"…"}, or {@code "base64":"…"}. */
  static void putData(Piece piece, FrameBuffer out) {
    if (piece.isText()) {
      out.put(TEXT);
      putEscaped(piece.bytes(), piece.offset(), piece.offset() + piece.length(), out);
    } else {
      ByteBuffer bytes = ByteBuffer.wrap(piece.bytes(), piece.offset(), piece.length());
      out.put(BASE64).put(Base64.getEncoder().encode(bytes).array());
    }
    out.put('"');
  }

  /** An offset's text, without quotes. */
  static void putOffset(long position, FrameBuffer out) {
    out.put(GENERATION);
    putDigits(position, 16, out);
  }

  /** How a command ended: {@code "status":143,"signal":"TERM"}. */
  static String status(Ending ending) {
    String status = "\"status\":" + ending.status();
    return ending.signal() == null ? status : status + ",\"signal\":\"" + ending.signal() + "\"";
  }

  /** What was dropped: {@code "from":"…","to":"…"}. */
  static String range(long from, long to) {
    return "\"from\":\"" + new Offset(from) + "\",\"to\":\"" + new Offset(to) + "\"";
  }

  /**
   * A time, quoted: {@code "2026-11-22T09:00:00.123456Z"}.
   *
   * @param micros microseconds since 1970, up to the year 9999
   */
  static void putTime(long micros, FrameBuffer out) {
    var date = LocalDate.ofEpochDay(Math.floorDiv(micros, DAY_MICROS));
    long ofDay = Math.floorMod(micros, DAY_MICROS);
    out.put('"');
    putDigits(date.getYear(), 4, out);
    out.put('-');
    putDigits(date.getMonthValue(), 2, out);
    out.put('-');
    putDigits(date.getDayOfMonth(), 2, out);
    out.put('T');
    putDigits(ofDay / 3_600_000_000L, 2, out);
    out.put(':');
    putDigits(ofDay / 60_000_000 % 60, 2, out);
    out.put(':');
    putDigits(ofDay / 1_000_000 % 60, 2, out);
    out.put('.');
    putDigits(ofDay % 1_000_000, 6, out);
    out.put('Z').put('"');
  }

  private static void putDigits(long number, int count, FrameBuffer out) {
    long divisor = 1;
    for (int i = 1; i < count; i++) {
      divisor *= 10;
    }
    for (; divisor > 0; divisor /= 10) {
      out.put('0' + (int) (number / divisor % 10));
    }
  }

  /** The inside of a string of JSON (RFC 8259 section 7), from valid UTF-8. */
  static void putEscaped(byte[] bytes, int from, int to, FrameBuffer out) {
    int plain = from;
    for (int i = from; i < to; ) {
      int length = escapedAt(bytes, i);
      if (length == 0) {
        i++;
        continue;
      }
      out.put(bytes, plain, i - plain);
      putEscape(bytes, i, length, out);
      i += length;
      plain = i;
    }
    out.put(bytes, plain, to - plain);
  }

  /** How many bytes the character at an index has, if it must be escaped; otherwise 0. */
  private static int escapedAt(byte[] bytes, int index) {
    byte b = bytes[index];
    if (b >= 0) {
      return b < ' ' || b == '"' || b == '\\' || b == '<' || b == 0x7f ? 1 : 0;
    }
    if (b == (byte) 0xc2) { // U+0080 to U+009F control terminals, too
      return (bytes[index + 1] & 0xff) < 0xa0 ? 2 : 0;
    }
    boolean separator = // U+2028 and U+2029 end lines in JavaScript
        b == (byte) 0xe2 && bytes[index + 1] == (byte) 0x80 && (bytes[index + 2] & 0xfe) == 0xa8;
    return separator ? 3 : 0;
  }

  private static void putEscape(byte[] bytes, int index, int length, FrameBuffer out) {
    out.put('\\');
    if (length > 1) {
      int last = bytes[index + length - 1] & 0xff;
      putHex(length == 2 ? last : 0x2000 + last - 0x80, out);
      return;
    }
    switch (bytes[index]) {
      case '\n' -> out.put('n');
      case '\r' -> out.put('r');
      case '\t' -> out.put('t');
      case '"', '\\' -> out.put(bytes[index]);
      default -> putHex(bytes[index], out);
    }
  }

  private static void putHex(int unit, FrameBuffer out) {
    out.put('u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.put(HEX[unit >> shift & 0xf]);
    }
  }
}
