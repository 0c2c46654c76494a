package dev.sluice;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
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
    int start = target.indexOf('?');
    if (start < 0) {
      return null;
    }
    for (String pair : target.substring(start + 1).split("&", -1)) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      if (decode(key, true).equals(name)) {
        return equals < 0 ? "" : decode(pair.substring(equals + 1), true);
      }
    }
    return null;
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
