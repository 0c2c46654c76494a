package dev.sluice.streams;

import dev.sluice.Headers;
import dev.sluice.RequestException;
import dev.sluice.journal.Offset;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the header fields of a request to a stream say (Durable Streams, section 5); pure. */
final class StreamHeaders {
  static final String NEXT_OFFSET = "Stream-Next-Offset";
  static final String EXPECTED_OFFSET = "Stream-Expected-Offset";
  static final String CLOSED = "Stream-Closed";
  static final String SEQUENCE = "Stream-Seq";

  private static final Pattern SEQUENCE_TEXT = Pattern.compile("[ -~]{1,255}");
  private static final int TYPE_CHARACTERS_MAX = 255;
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern TYPE = Pattern.compile(TOKEN + "/" + TOKEN + "([ \\t]*;[ -~\\t]*)?");

  private StreamHeaders() {}

  /**
   * The only value of a field, or null.
   *
   * @throws RequestException if there are several (400): which one counts would be a guess
   */
  static @Nullable String single(Headers headers, String name) throws RequestException {
    List<String> all = headers.all(name);
    if (all.size() > 1) {
      throw new RequestException(400, name + ": given more than once");
    }
    return all.isEmpty() ? null : all.getFirst();
  }

  /** Whether the stream is to be closed: {@code true} in any case; everything else is no wish. */
  static boolean closes(Headers headers) throws RequestException {
    return "true".equalsIgnoreCase(single(headers, CLOSED));
  }

  /** Where the stream must end for an append to happen, or null. */
  static @Nullable Offset expectedOffset(Headers headers) throws RequestException {
    String text = single(headers, EXPECTED_OFFSET);
    try {
      return text == null ? null : Offset.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RequestException(
          400, "%s: malformed; use an offset, such as %s".formatted(EXPECTED_OFFSET, Offset.ZERO));
    }
  }

  /** The media type of the body, or null; a tab, which may stand between parameters, as a space. */
  static @Nullable String contentType(Headers headers) throws RequestException {
    String type = single(headers, "Content-Type");
    if (type == null || type.isEmpty()) {
      return null;
    }
    if (type.length() > TYPE_CHARACTERS_MAX || !TYPE.matcher(type).matches()) {
      throw new RequestException(400, "Content-Type: malformed; use TYPE/SUBTYPE, as text/plain");
    }
    return type.replace('\t', ' ');
  }

  /** Whether two media types are the same but for case and parameters. */
  static boolean sameType(String one, String other) {
    return one.equals(other) || essence(one).equalsIgnoreCase(essence(other));
  }

  private static String essence(String type) {
    return type.split(";", 2)[0].strip();
  }

  /**
   * Checks that a body is as it is meant: its readers would not learn that it is compressed.
   *
   * @throws RequestException if not (415)
   */
  static void checkPlain(Headers headers) throws RequestException {
    String coding = single(headers, "Content-Encoding");
    if (coding != null && !coding.isEmpty() && !coding.equalsIgnoreCase("identity")) {
      throw new RequestException(415, "Content-Encoding: send the bytes as they are");
    }
  }

  /** The writer's sequence (section 5.2), or null. */
  static @Nullable String sequence(Headers headers) throws RequestException {
    String sequence = single(headers, SEQUENCE);
    if (sequence != null && !SEQUENCE_TEXT.matcher(sequence).matches()) {
      throw new RequestException(400, SEQUENCE + ": 1 to 255 printable characters of ASCII");
    }
    return sequence;
  }
}
