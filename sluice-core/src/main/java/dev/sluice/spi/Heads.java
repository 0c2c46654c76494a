package dev.sluice.spi;

import dev.sluice.Headers;
import java.util.List;
import java.util.Locale;

/** Builds the head that goes on the wire from what the handler set; pure. */
final class Heads {
  private Heads() {}

  static boolean allowsBody(int status) {
    return status >= 200 && status != 204 && status != 304;
  }

  /**
   * Builds a head.
   *
   * @param set the handler's fields; not changed
   * @param length of the body, or {@link Head#UNKNOWN}
   * @param answersHead whether the request was HEAD
   * @param streams whether a flush sends this head: the body will come over time
   */
  static Head build(
      int status,
      Headers set,
      List<String> trailers,
      long length,
      boolean answersHead,
      boolean streams) {
    Headers headers = Headers.copyOf(set);
    headers.remove("Transfer-Encoding");
    if (!allowsBody(status)) {
      headers.remove("Content-Length");
      if (status == 304) {
        headers.remove("Content-Type");
      }
      return new Head(status, headers, Head.UNKNOWN, true);
    }
    if (length == Head.UNKNOWN) {
      headers.remove("Content-Length");
    } else {
      headers.set("Content-Length", Long.toString(length));
    }
    if (!trailers.isEmpty()) {
      headers.set("Trailer", String.join(", ", trailers));
    }
    addType(headers, length);
    if (streams) {
      addStreaming(headers);
    }
    return new Head(status, headers, length, answersHead);
  }

  /** A stream has no first bytes to guess a type from, so a browser must not wait for them. */
  private static void addType(Headers headers, long length) {
    if (length != 0 && !headers.contains("Content-Type")) {
      headers.set("Content-Type", "application/octet-stream");
      headers.setIfAbsent("X-Content-Type-Options", "nosniff");
    }
  }

  /** What tells proxies, caches and browsers to pass the bytes on as they come. */
  private static void addStreaming(Headers headers) {
    headers.setIfAbsent("X-Accel-Buffering", "no");
    headers.setIfAbsent("Cache-Control", "no-cache, no-transform");
    headers.setIfAbsent("X-Content-Type-Options", "nosniff");
    headers.setIfAbsent("Incremental", "?1");
    String type = headers.get("Content-Type");
    if (type != null && lacksCharset(type)) {
      headers.set("Content-Type", type + "; charset=utf-8");
    }
  }

  /** An event stream is UTF-8 by definition, and some clients compare its type to the letter. */
  private static boolean lacksCharset(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.startsWith("text/")
        && !lower.startsWith("text/event-stream")
        && !lower.contains("charset");
  }
}
