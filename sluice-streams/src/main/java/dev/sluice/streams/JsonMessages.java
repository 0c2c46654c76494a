package dev.sluice.streams;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.sluice.RequestException;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * JSON mode (Durable Streams, section 9.1): a journal of type {@code application/json} holds one
 * message a line. A message has no other line break in it: in JSON, those are space between tokens,
 * and left out. All else of it stays as it was sent.
 */
final class JsonMessages {
  private static final String TYPE = "application/json";
  private static final int NAME_CHARACTERS_MAX = 50_000;
  private static final int DEPTH_MAX = 1000;

  /** How large a body may be is limited where it is read. */
  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxStringLength(Integer.MAX_VALUE)
          .maxNumberLength(Integer.MAX_VALUE)
          .maxNameLength(NAME_CHARACTERS_MAX)
          .maxNestingDepth(DEPTH_MAX)
          .build();

  private JsonMessages() {}

  /** Whether journals of a media type hold messages. */
  static boolean are(String contentType) {
    String type = contentType.strip();
    if (!type.regionMatches(true, 0, TYPE, 0, TYPE.length())) {
      return false; // asked for each request: costs no garbage
    }
    String rest = type.substring(TYPE.length()).stripLeading();
    return rest.isEmpty() || rest.startsWith(";");
  }

  /**
   * The messages of a body, a line each: the elements of an array, or else the one value that it
   * is.
   *
   * @return none for an empty array
   * @throws RequestException if it is not JSON in UTF-8 (400)
   */
  static byte[] toLines(byte[] body) throws RequestException {
    checkText(body);
    try (JsonParser parser = newFactory().createParser(body)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw refusal("empty", null);
      }
      boolean isArray = first == JsonToken.START_ARRAY;
      var lines = new Lines(body, isArray);
      while (!isArray || parser.nextToken() != JsonToken.END_ARRAY) {
        putMessage(parser, lines);
        if (!isArray) {
          break;
        }
      }
      if (parser.nextToken() != null) {
        throw refusal("more than one value; send them as an array", parser);
      }
      return lines.toByteArray();
    } catch (JsonProcessingException e) {
      throw new RequestException(400, "not JSON: " + describe(e));
    } catch (RequestException e) {
      throw e;
    } catch (IOException e) {
      throw new RequestException(400, "not JSON");
    }
  }

  /** One for each body: it keeps the names that it has seen, which are the client's choice. */
  private static JsonFactory newFactory() {
    return JsonFactory.builder()
        .streamReadConstraints(LIMITS)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  /** What a parser takes for text may be in another encoding, or malformed. */
  private static void checkText(byte[] body) throws RequestException {
    if (!Utf8.isValid(body, 0, body.length)) {
      throw new RequestException(400, "not JSON: not UTF-8");
    }
    for (int i = 0; i < Math.min(4, body.length); i++) {
      if (body[i] == 0 || body[0] == (byte) 0xef) {
        throw new RequestException(400, "not JSON: not UTF-8 without a byte order mark");
      }
    }
  }

  private static void putMessage(JsonParser parser, Lines lines) throws IOException {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    if (parser.currentToken().isStructStart()) {
      parser.skipChildren();
    } else {
      parser.finishToken();
    }
    lines.add(start, (int) parser.currentLocation().getByteOffset());
  }

  private static RequestException refusal(String what, @Nullable JsonParser parser) {
    return new RequestException(
        400,
        "not JSON: "
            + what
            + (parser == null ? "" : at(parser.currentTokenLocation().getByteOffset())));
  }

  /** Without what was sent, which may hold anything. */
  private static String describe(JsonProcessingException e) {
    var location = e.getLocation();
    return "malformed" + (location == null ? "" : at(location.getByteOffset()));
  }

  private static String at(long index) {
    return index < 0 ? "" : ", at byte " + index;
  }

  /** Lines that are taken from a body. */
  private static final class Lines {
    private final byte[] body;
    private final byte[] bytes;
    private int size;

    /**
     * None yet.
     *
     * @param isArray whether commas become line ends, and brackets go; otherwise one is added
     */
    Lines(byte[] body, boolean isArray) {
      this.body = body;
      this.bytes = new byte[isArray ? body.length - 1 : body.length + 1];
    }

    /** Adds what is between two indexes; at its end, what shows that a number is over. */
    void add(int start, int end) {
      if (size > 0) {
        bytes[size++] = '\n';
      }
      int last = end;
      while (isSpace(body[last - 1])) {
        last--;
      }
      int plain = start;
      for (int i = start; i < last; i++) {
        if (body[i] == '\n' || body[i] == '\r') {
          put(plain, i);
          plain = i + 1;
        }
      }
      put(plain, last);
    }

    private void put(int from, int to) {
      System.arraycopy(body, from, bytes, size, to - from);
      size += to - from;
    }

    /** All of them, once the body has proved to be whole. */
    byte[] toByteArray() {
      if (size > 0) {
        bytes[size++] = '\n';
      }
      return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private static boolean isSpace(byte b) {
      return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }
  }
}
