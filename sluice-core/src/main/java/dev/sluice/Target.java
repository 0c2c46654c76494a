package dev.sluice;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes request targets apart (RFC 9112 section 3.2); text in, text out. */
final class Target {
  private Target() {}

  /** The path of an origin-form or absolute-form target, still encoded; {@code *} stays itself. */
  static String path(String target) {
    int end = target.indexOf('?');
    String path = end < 0 ? target : target.substring(0, end);
    if (path.startsWith("/") || path.equals("*")) {
      return path;
    }
    int authority = path.indexOf("://");
    if (authority < 0) {
      return path;
    }
    int slash = path.indexOf('/', authority + 3);
    return slash < 0 ? "/" : path.substring(slash);
  }

  /** The first value of a query parameter, decoded; null if it is not there. */
  static @Nullable String query(String target, String name) throws RequestException {
    List<String> values = queries(target, name);
    return values.isEmpty() ? null : values.getFirst();
  }

  /** All values of a query parameter, decoded. */
  static List<String> queries(String target, String name) throws RequestException {
    int start = target.indexOf('?');
    if (start < 0) {
      return List.of();
    }
    List<String> values = new ArrayList<>(1);
    for (int at = start + 1; at <= target.length(); ) {
      int end = target.indexOf('&', at);
      end = end < 0 ? target.length() : end;
      int equals = target.indexOf('=', at);
      int keyEnd = equals < 0 || equals > end ? end : equals;
      if (isKey(target, at, keyEnd, name)) {
        values.add(keyEnd == end ? "" : decode(target.substring(keyEnd + 1, end), true));
      }
      at = end + 1;
    }
    return values;
  }

  /** Most keys are not the one that is looked for, and none is encoded: those cost no garbage. */
  private static boolean isKey(String target, int from, int to, String name)
      throws RequestException {
    for (int i = from; i < to; i++) {
      if (target.charAt(i) == '%' || target.charAt(i) == '+') {
        return decode(target.substring(from, to), true).equals(name);
      }
    }
    return to - from == name.length() && target.startsWith(name, from);
  }

  /**
   * Decodes percent-encoded UTF-8.
   *
   * @param plusIsSpace as in forms and queries; not in paths
   */
  static String decode(String text, boolean plusIsSpace) throws RequestException {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    try {
      String form = plusIsSpace ? text : text.replace("+", "%2B");
      return URLDecoder.decode(form, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new RequestException(
          400, "malformed percent-encoding in the request target: " + FieldSyntax.quote(text));
    }
  }
}
