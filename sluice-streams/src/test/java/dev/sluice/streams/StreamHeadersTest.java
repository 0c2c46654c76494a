package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.Headers;
import dev.sluice.RequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content types as clients write them. */
final class StreamHeadersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "TEXT/Plain",
        "text/plain;",
        "text/plain;charset=utf-8",
        "text/plain; charset=utf-8",
        "text/plain ; charset=UTF-8",
        "text/plain;\tcharset=utf-8",
        "text/plain\t;\t charset=utf-8",
        "text/plain; charset=\"utf-8\"",
        "text/plain; name=\"a;b, c/d \\\" e\"; charset=utf-8",
        "text/plain;;charset=utf-8"
      })
  void one_type_is_written_in_many_ways(String text) throws RequestException {
    String type = StreamHeaders.contentType(Headers.of("Content-Type", text));
    assertEquals(text.replace('\t', ' '), type);
    assertEquals(true, StreamHeaders.sameType("text/plain", type));
    assertEquals(true, StreamHeaders.sameType(type, "Text/PLAIN;\"x/y\""));
    assertEquals(ContentMode.TEXT, ContentMode.of(type));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON",
        "application/json;\tcharset=utf-8",
        "application/json\t;charset=utf-8",
        "APPLICATION/json ;a=\"b\""
      })
  void json_is_json_however_it_is_written(String text) throws RequestException {
    String type = StreamHeaders.contentType(Headers.of("Content-Type", text));
    assertEquals(ContentMode.JSON, ContentMode.of(type));
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain, text/html",
    "text/plain, text/plainx",
    "text/plain, application/plain",
    "application/json, application/jsonl",
    "application/json, application/x-json; application/json",
    "'text/plain; a=application/json', application/json"
  })
  void another_type_is_another_one(String one, String other) {
    assertEquals(false, StreamHeaders.sameType(one, other));
    assertEquals(false, StreamHeaders.sameType(other, one));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text",
        "text/",
        "/plain",
        "text/plain/x",
        "text /plain",
        "text/ plain",
        "text/plain charset=utf-8",
        "text/plain, text/html",
        "text/pl\u00e4in",
        "text/plain; n=\u00e9"
      })
  void what_is_no_type_is_refused(String text) {
    Headers headers = Headers.of("Content-Type", text);
    RequestException refused =
        assertThrows(RequestException.class, () -> StreamHeaders.contentType(headers));
    assertEquals(400, refused.status());
  }

  @Test
  void none_is_none() throws RequestException {
    assertNull(StreamHeaders.contentType(new Headers()));
    assertNull(StreamHeaders.contentType(Headers.of("Content-Type", "")));
  }
}
