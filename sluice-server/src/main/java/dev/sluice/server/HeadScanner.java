package dev.sluice.server;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a request's head, and refuses what RFC 9112 forbids and lenient parsers mend:
 * bare LF and CR, obs-fold, white space where none belongs. Leniency is how one request becomes
 * two.
 *
 * <p>It remembers how far it has looked, so that a head that dribbles in is read once.
 *
 * <p>Thread: the loop's. Pure: it reads the buffer and moves nothing but leading empty lines.
 */
final class HeadScanner {
  private static final String VERSION = "HTTP/";

  private static final String LENGTH_FIELD = "Content-Length:";

  private static final Pattern LENGTH = Pattern.compile("[ \t]*[0-9]{1,18}[ \t]*");

  private final Limits limits;
  private int scanned;
  private int lineStart;
  private int lines;
  private boolean hasLength;
  private boolean isHeadRequest;
  private @Nullable Rejection rejection;

  HeadScanner(Limits limits) {
    this.limits = limits;
  }

  /** Begins with the next head. */
  void reset() {
    scanned = 0;
    lineStart = 0;
    lines = 0;
    hasLength = false;
    isHeadRequest = false;
    rejection = null;
  }

  /** Why the head is refused, or null. */
  @Nullable Rejection rejection() {
    return rejection;
  }

  /** Whether the method is known to be HEAD, whose response has no body. */
  boolean isHeadRequest() {
    return isHeadRequest;
  }

  /** Whether a part of a head has come. */
  boolean begun() {
    return scanned > 0;
  }

  /**
   * Looks at what has come.
   *
   * @param in the bytes from the beginning of the head on
   * @return whether the head is whole, or refused
   */
  boolean scan(ByteBuf in) {
    if (scanned == 0) {
      skipEmptyLines(in);
      if (in.readableBytes() == 1 && in.getByte(in.readerIndex()) == '\r') {
        return false; // half an empty line
      }
    }
    int start = in.readerIndex();
    int end = in.readableBytes();
    while (scanned < end) {
      byte b = in.getByte(start + scanned);
      if (b == '\n') {
        if (endLine(in, start)) {
          return true;
        }
        lineStart = scanned + 1;
      } else if (scanned > lineStart && in.getByte(start + scanned - 1) == '\r') {
        return reject(400, "a bare CR in the request head");
      } else if (b == 0) {
        return reject(400, "a NUL in the request head");
      } else if ((b == ' ' || b == '\t') && scanned == lineStart) {
        return reject(400, "a request line or header begins with white space (obs-fold)");
      } else if (scanned == 0 && (b < 0x21 || b == 0x7f) && b != '\r') {
        return reject(400, "not HTTP: the first byte is 0x%02x".formatted(b));
      }
      scanned++;
      if (tooLong()) {
        return true;
      }
    }
    return false;
  }

  /** A robust server ignores empty lines before a request line (RFC 9112 section 2.2). */
  private static void skipEmptyLines(ByteBuf in) {
    while (in.readableBytes() >= 2
        && in.getByte(in.readerIndex()) == '\r'
        && in.getByte(in.readerIndex() + 1) == '\n') {
      in.skipBytes(2);
    }
  }

  private boolean endLine(ByteBuf in, int start) {
    int length = scanned - 1 - lineStart;
    if (length < 0 || in.getByte(start + scanned - 1) != '\r') {
      return reject(400, "a line of the request head ends with a bare LF");
    }
    lines++;
    if (lines == 1) {
      return !acceptRequestLine(in.toString(start, length, StandardCharsets.ISO_8859_1));
    }
    if (length > 0 && lines - 1 > limits.headerLinesMax()) {
      return reject(431, "more than " + limits.headerLinesMax() + " request headers");
    }
    return length == 0 || !acceptLength(in, start + lineStart, length);
  }

  /** Two lengths, or one that parsers read differently, is how a request hides another. */
  private boolean acceptLength(ByteBuf in, int from, int length) {
    if (length < LENGTH_FIELD.length()
        || !LENGTH_FIELD.equalsIgnoreCase(
            in.toString(from, LENGTH_FIELD.length(), StandardCharsets.ISO_8859_1))) {
      return true;
    }
    String value =
        in.toString(
            from + LENGTH_FIELD.length(),
            length - LENGTH_FIELD.length(),
            StandardCharsets.ISO_8859_1);
    if (hasLength || !LENGTH.matcher(value).matches()) {
      reject(400, hasLength ? "several Content-Length headers" : "a malformed Content-Length");
      return false;
    }
    hasLength = true;
    return true;
  }

  /** {@code METHOD SP target SP HTTP/1.x} (RFC 9112 section 3), and nothing beside it. */
  private boolean acceptRequestLine(String line) {
    int methodEnd = line.indexOf(' ');
    int targetEnd = line.indexOf(' ', methodEnd + 1);
    if (!isMethod(line, methodEnd)
        || !isTarget(line, methodEnd + 1, targetEnd)
        || !isVersion(line, targetEnd + 1)) {
      reject(400, "malformed request line");
      return false;
    }
    isHeadRequest = line.startsWith("HEAD ");
    String version = line.substring(targetEnd + 1 + VERSION.length());
    if (version.charAt(0) != '1') {
      reject(505, "HTTP/%s is not served here".formatted(version));
      return false;
    }
    return true;
  }

  private static boolean isMethod(String line, int end) {
    for (int i = 0; i < end; i++) {
      char c = line.charAt(i);
      boolean plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || isDigit(c);
      if (!plain && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return end > 0;
  }

  private static boolean isTarget(String line, int start, int end) {
    for (int i = start; i < end; i++) {
      if (line.charAt(i) < 0x21 || line.charAt(i) > 0x7e) {
        return false;
      }
    }
    return end > start;
  }

  private static boolean isVersion(String line, int start) {
    int digit = start + VERSION.length();
    return line.length() == digit + 3
        && line.startsWith(VERSION, start)
        && isDigit(line.charAt(digit))
        && line.charAt(digit + 1) == '.'
        && isDigit(line.charAt(digit + 2));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private boolean tooLong() {
    if (lines == 0 && scanned > limits.requestLineBytesMax() + 1) { // with its CR
      return reject(414, "a request line of more than " + limits.requestLineBytesMax() + " bytes");
    }
    if (scanned > limits.requestLineBytesMax() + limits.headerBytesMax()) {
      return reject(431, "request headers of more than " + limits.headerBytesMax() + " bytes");
    }
    return false;
  }

  private boolean reject(int status, String reason) {
    rejection = new Rejection(status, reason);
    return true;
  }
}
