package dev.sluice.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** JSON text, which is looked through and handed on as it is. */
final class Json {
  /** No message is larger, on its way in or out. */
  static final int MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

  private static final int REASON_CHARS_MAX = 200;

  /** Nothing is made of the values, so that the size of a message is limit enough. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(100_000)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** Takes messages. */
  @FunctionalInterface
  interface Sink {
    void message(byte[] message) throws CliException, OutputClosed;
  }

  private Json() {}

  static JsonParser parser(String text) throws IOException {
    return FACTORY.createParser(text);
  }

  /** Takes the next token, which must be that. */
  static void require(JsonParser parser, @Nullable JsonToken token) throws IOException {
    if (parser.nextToken() != token) {
      String wanted =
          token == null
              ? "there is more behind it"
              : token == JsonToken.START_ARRAY ? "it is no array" : "it is no object";
      throw new JsonParseException(parser, wanted);
    }
  }

  /** What keeps a text from being one JSON value; null if it is one. */
  static @Nullable String fault(byte[] text) {
    try (JsonParser parser =
        parser(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString())) {
      parser.nextToken();
      parser.skipChildren();
      parser.finishToken();
      require(parser, null);
      return null;
    } catch (CharacterCodingException e) {
      return "it is not in UTF-8";
    } catch (JsonProcessingException e) {
      JsonLocation where = e.getLocation();
      return reason(e) + (where == null ? "" : ", at column " + where.getColumnNr());
    } catch (IOException e) {
      throw new AssertionError(e); // the text is in memory
    }
  }

  /** Why something is no JSON, in one short line. */
  static String reason(JsonProcessingException e) {
    String text = e.getOriginalMessage().replaceAll("\\p{Cntrl}+", " ").strip();
    return text.length() > REASON_CHARS_MAX ? text.substring(0, REASON_CHARS_MAX) + "…" : text;
  }

  /**
   * Takes an array apart: each of its elements is a message, whose bytes stay as they are but for
   * line breaks, which JSON has between its words alone.
   *
   * @throws JsonProcessingException if it is no array, or a message is too large
   * @throws IOException if it cannot be read
   */
  static void split(InputStream array, Sink sink) throws IOException, CliException, OutputClosed {
    var recorder = new ByteRecorder(array, MESSAGE_BYTES_MAX);
    try (JsonParser parser = FACTORY.createParser(recorder)) {
      require(parser, JsonToken.START_ARRAY);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        long from = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        long to = parser.currentLocation().getByteOffset();
        sink.message(recorder.take(from, to));
      }
      require(parser, null);
    }
  }
}
