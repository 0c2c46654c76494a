package dev.sluice.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What an answer, or a control event, tells about its stream (Durable Streams protocol, sections
 * 5.6 to 5.8).
 *
 * @param nextOffset behind all that has been sent
 * @param cursor to be sent with the next question; nothing if it was not told
 * @param upToDate whether there was no more
 * @param closed whether there never will be
 */
record Control(String nextOffset, String cursor, boolean upToDate, boolean closed) {

  /** That of a head. */
  static Control of(Answer answer) {
    return new Control(
        answer.header("Stream-Next-Offset"),
        answer.header("Stream-Cursor"),
        answer.header("Stream-Up-To-Date").equalsIgnoreCase("true"),
        answer.saysClosed());
  }

  /**
   * That of an event.
   *
   * @throws JsonProcessingException if it is no JSON object
   */
  static Control parse(byte[] json) throws IOException {
    String nextOffset = "";
    String cursor = "";
    boolean upToDate = false;
    boolean closed = false;
    try (JsonParser parser = Json.parser(new String(json, StandardCharsets.UTF_8))) {
      Json.require(parser, JsonToken.START_OBJECT);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (field) {
          case "streamNextOffset" -> nextOffset = parser.getValueAsString("");
          case "streamCursor" -> cursor = parser.getValueAsString("");
          case "upToDate" -> upToDate = value == JsonToken.VALUE_TRUE;
          case "streamClosed" -> closed = value == JsonToken.VALUE_TRUE;
          default -> {}
        }
        parser.skipChildren();
      }
    }
    return new Control(nextOffset, cursor, upToDate, closed);
  }
}
