package dev.sluice;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host and port of an authority, to be compared (RFC 3986 section 3.2).
 *
 * @param name in lower case, without brackets and without a dot at the end
 * @param port as it was written; empty if there was none
 */
record HostName(String name, String port) {
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  /**
   * Parses {@code host}, {@code host:port}, {@code [v6]} or {@code [v6]:port}; null if malformed.
   */
  static @Nullable HostName parse(String authority) {
    String text = authority.strip().toLowerCase(Locale.ROOT);
    int nameEnd = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
    if (text.startsWith("[") && nameEnd == 0) {
      return null;
    }
    String name = nameEnd < 0 ? text : text.substring(0, nameEnd);
    String rest = nameEnd < 0 ? "" : text.substring(nameEnd);
    boolean portGiven =
        rest.startsWith(":") && PORT.matcher(rest).region(1, rest.length()).matches();
    if (!rest.isEmpty() && !portGiven) {
      return null;
    }
    if (name.startsWith("[")) {
      name = name.substring(1, name.length() - 1);
    } else if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return name.isEmpty() ? null : new HostName(name, portGiven ? rest.substring(1) : "");
  }

  /** This one with the port that a scheme implies, if it has none. */
  HostName withPortOf(String scheme) {
    boolean secure = scheme.equalsIgnoreCase("https");
    return port.isEmpty() ? new HostName(name, secure ? "443" : "80") : this;
  }
}
