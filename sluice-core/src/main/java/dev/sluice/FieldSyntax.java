package dev.sluice;

import java.util.BitSet;

/** What header names and values may consist of (RFC 9110 sections 5.1, 5.5 and 5.6.2). */
final class FieldSyntax {
  private static final BitSet TOKEN = new BitSet(128);

  static {
    TOKEN.set('0', '9' + 1);
    TOKEN.set('A', 'Z' + 1);
    TOKEN.set('a', 'z' + 1);
    "!#$%&'*+-.^_`|~".chars().forEach(TOKEN::set);
  }

  private FieldSyntax() {}

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!TOKEN.get(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static void checkName(String name) {
    if (!isToken(name)) {
      throw new IllegalArgumentException("not a header name: " + quote(name));
    }
  }

  /** Refuses what would break out of the field, and framing that the engine could not keep. */
  static void checkValue(String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        throw new IllegalArgumentException(
            "the value of %s holds U+%04X at index %d: %s"
                .formatted(name, (int) c, i, quote(value)));
      }
    }
    if (name.equalsIgnoreCase("Content-Length")) {
      checkLength(value);
    }
  }

  private static void checkLength(String value) {
    boolean digits = !value.isEmpty() && value.length() <= 18;
    for (int i = 0; digits && i < value.length(); i++) {
      digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
    }
    if (!digits) {
      throw new IllegalArgumentException("not a Content-Length: " + quote(value));
    }
  }

  /** The text in quotes, on one line, shortened: fit for a message or a log. */
  static String quote(String text) {
    var quoted = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), 80); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f) {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append(text.length() > 80 ? "…\"" : "\"").toString();
  }
}
