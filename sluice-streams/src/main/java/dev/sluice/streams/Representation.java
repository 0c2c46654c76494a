package dev.sluice.streams;

import dev.sluice.Request;
import dev.sluice.RequestException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** As what a journal is sent: chosen by {@code ?as=}, or else by {@code Accept}. */
enum Representation {
  HTML("text/html"),
  SSE("text/event-stream"),
  NDJSON("application/x-ndjson"),
  /** Also for everything that nobody else is for. */
  RAW("*/*");

  private final String mediaType;

  Representation(String mediaType) {
    this.mediaType = mediaType;
  }

  static Representation of(Request request) throws IOException {
    String as = request.query("as");
    if (as == null) {
      return byAccept(request.headers().all("Accept"));
    }
    return switch (as) {
      case "html" -> HTML;
      case "raw" -> RAW;
      case "sse" -> SSE;
      case "ndjson" -> NDJSON;
      default -> throw new RequestException(400, "as: unknown; use html, raw, sse or ndjson");
    };
  }

  /**
   * The most wanted one (RFC 9110 section 12.5.1); among several, one that is named before the raw
   * bytes, and then the first.
   */
  static Representation byAccept(List<String> fields) {
    Representation best = RAW;
    double bestWeight = 0;
    for (String field : fields) {
      for (String range : field.split(",", -1)) {
        Representation wanted = byRange(range);
        double weight = weight(range);
        boolean named = best == RAW && wanted != RAW && weight > 0;
        if (weight > bestWeight || (weight == bestWeight && named)) {
          best = wanted;
          bestWeight = weight;
        }
      }
    }
    return best;
  }

  private static Representation byRange(String range) {
    String type = range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    for (Representation representation : values()) {
      if (representation.mediaType.equals(type)) {
        return representation;
      }
    }
    return RAW;
  }

  /** A malformed weight is none: raw bytes are then sent, which every client can read. */
  private static double weight(String range) {
    return Objects.requireNonNullElse(givenWeight(range.toLowerCase(Locale.ROOT)), 1.0);
  }

  private static @Nullable Double givenWeight(String range) {
    String[] parts = range.split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("q=")) {
        return parameter.matches("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)")
            ? Double.parseDouble(parameter.substring(2))
            : 0.0;
      }
    }
    return null;
  }
}
