package dev.sluice.streams;

import dev.sluice.Headers;
import dev.sluice.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The files that pages consist of, which are resources of this package. */
final class Assets {
  /** Nothing but our own files runs, or is asked; output could not even if it became markup. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
          + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private Assets() {}

  /** Adds the routes of the files that pages refer to. */
  static Router addTo(Router router) {
    add(router, "watch.js", SCRIPT);
    add(router, "stream.js", SCRIPT);
    add(router, "screen.js", SCRIPT);
    add(router, "watch.css", "text/css; charset=utf-8");
    add(router, "icon.svg", "image/svg+xml");
    return router;
  }

  private static void add(Router router, String file, String type) {
    byte[] bytes = read(file);
    String tag = tag(bytes);
    router.get(
        "/-/" + file,
        (request, response) -> {
          protect(response.headers());
          response.header("ETag", tag);
          // A filter that compresses has made it weak: compared is what is in the quotes.
          if (request.headers().all("If-None-Match").stream().anyMatch(has -> has.contains(tag))) {
            response.status(304);
          } else {
            response.type(type).length(bytes.length).write(bytes);
          }
        });
  }

  /** Names these bytes (RFC 9110 section 8.8.3). */
  private static String tag(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return '"' + HexFormat.of().formatHex(digest, 0, 8) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Sets what every page and file says about itself. */
  static void protect(Headers headers) {
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cache-Control", "no-cache");
  }

  /** A file's text. */
  static String text(String file) {
    return new String(read(file), StandardCharsets.UTF_8);
  }

  private static byte[] read(String file) {
    try (InputStream in = Assets.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + file + " beside " + Assets.class);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read resource " + file, e);
    }
  }
}
