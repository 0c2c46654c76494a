package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * What a server answered.
 *
 * @param status of HTTP
 * @param headers of HTTP
 * @param text its body, or the beginning of that; nothing if the body is still to be read
 * @param body what is still to be read
 */
record Answer(int status, HttpHeaders headers, String text, InputStream body) {
  private static final int TEXT_BYTES_MAX = 64 * 1024;

  /** Those that another attempt may change. */
  private static final Set<Integer> TRANSIENT = Set.of(408, 429, 500, 502, 503, 504);

  private static final int INSUFFICIENT_STORAGE = 507;

  /** With its body read. */
  static Answer whole(HttpResponse<InputStream> response) throws IOException {
    try (InputStream body = response.body()) {
      String text = new String(body.readNBytes(TEXT_BYTES_MAX), StandardCharsets.UTF_8);
      return new Answer(
          response.statusCode(), response.headers(), text, InputStream.nullInputStream());
    }
  }

  /** With its body unread, if it is what was asked for. */
  static Answer open(HttpResponse<InputStream> response) throws IOException {
    return response.statusCode() == 200
        ? new Answer(200, response.headers(), "", response.body())
        : whole(response);
  }

  /** A header field, or nothing. */
  String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /** Whether it may be another one soon: as that of a disk that is full now, but not of a limit. */
  boolean isTransient() {
    return TRANSIENT.contains(status)
        || (status == INSUFFICIENT_STORAGE && !header("Retry-After").isEmpty());
  }

  /** Whether it says that the journal is closed. */
  boolean saysClosed() {
    return header("Stream-Closed").equalsIgnoreCase("true");
  }

  /** The reason that it gives, in one line, or its status. */
  String reason() {
    String line = text.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "").strip();
    return header("Content-Type").startsWith("text/plain") && !line.isEmpty()
        ? line
        : "the server answers " + status;
  }
}
