package dev.sluice.spi;

import java.util.Locale;
import java.util.Set;

/** Which fields may be trailers (RFC 9110 section 6.5.1). */
final class TrailerNames {
  private static final Set<String> REFUSED =
      Set.of(
          "age",
          "authorization",
          "cache-control",
          "connection",
          "cookie",
          "date",
          "expect",
          "expires",
          "host",
          "keep-alive",
          "location",
          "max-forwards",
          "pragma",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "range",
          "retry-after",
          "set-cookie",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "vary",
          "warning",
          "www-authenticate");

  private TrailerNames() {}

  /**
   * Refuses a name that a client must be able to trust before the body: framing, routing,
   * authentication, request modifiers, and how to read the content.
   */
  static void check(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (REFUSED.contains(lower) || lower.startsWith("content-") || lower.startsWith("if-")) {
      throw new IllegalArgumentException(name + " may not be a trailer (RFC 9110 section 6.5.1)");
    }
  }
}
