package dev.sluice.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a stream is followed where it grows (Durable Streams protocol, sections 5.7 and 5.8). */
enum Live {
  /** One answer that goes on. */
  SSE,
  /** Question after question, each answered when there is something. */
  LONG_POLL,
  /** The same, answered at once, for servers that have neither. */
  POLL;

  /**
   * What carries a type exactly: SSE loses the carriage returns of text, but not of JSON, where
   * they mean nothing, nor of what it encodes in base64.
   */
  static Live suitedFor(String contentType) {
    return MediaType.essence(contentType).startsWith("text/") ? LONG_POLL : SSE;
  }

  /** What is left where a server does not have this; null if nothing is. */
  @Nullable Live fallback() {
    return switch (this) {
      case SSE -> LONG_POLL;
      case LONG_POLL -> POLL;
      case POLL -> null;
    };
  }

  /** As it stands in a query, and in an option. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads {@code sse} or {@code long-poll}. */
  static final class Converter implements ITypeConverter<Live> {
    @Override
    public Live convert(String text) {
      return switch (text) {
        case "sse" -> SSE;
        case "long-poll" -> LONG_POLL;
        default -> throw new TypeConversionException("'" + text + "' is neither sse nor long-poll");
      };
    }
  }
}
