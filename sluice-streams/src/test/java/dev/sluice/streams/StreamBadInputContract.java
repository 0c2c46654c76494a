package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad names, bad fields, too much, half a body: each has its status, and nothing is kept. */
abstract class StreamBadInputContract extends StreamFixture {
  @ParameterizedTest
  @CsvSource({
    "'', not empty",
    "/, not empty",
    "a//b, not empty",
    "a/, not empty",
    "., is . or ..",
    ".., is . or ..",
    "../x, is . or ..",
    "a/../../../x, is . or ..",
    "%2e%2e, is . or ..",
    "%2E%2e/x, is . or ..",
    "..%2fx, encoded slash",
    "a%2Fb, encoded slash",
    "a%2fb, encoded slash",
    "%2f, encoded slash",
    "a%00b, letters",
    "a%0d%0aX-Evil:%20x, letters",
    "a%5Cb, letters",
    "a%252fb, letters",
    "a%20b, letters",
    "caf%C3%A9, letters",
    "%zz, percent-encoding",
    "-x, begin with -",
    "-/healthz, begin with -",
    "v1/stream, begins with v1/stream",
    "v1/stream/x, begins with v1/stream",
    "%76%31/stream/x, begins with v1/stream"
  })
  void what_is_no_name_is_said_and_nothing_is_created(String name, String why) throws IOException {
    for (String method : List.of("PUT", "POST", "DELETE")) {
      Answer refused = ask(method, name, TEXT, "x");
      assertEquals(400, refused.status());
      assertTrue(refused.body().contains(why), refused.body());
      assertNull(refused.field("X-Evil"));
    }
    assertEquals(List.of(), store.names());
  }

  @Test
  void a_name_that_is_escaped_without_need_is_the_same_name() throws IOException {
    assertEquals(201, put("%61.b", "", "").status());
    assertEquals(List.of("a.b"), store.names());
  }

  @Test
  void a_name_may_be_long_and_not_longer() throws IOException {
    assertEquals(201, put("a".repeat(255), "", "").status());
    assertEquals(400, put("b".repeat(256), "", "").status());
    assertEquals(414, put("c".repeat(10 * 1024), "", "").status());
    assertEquals(1, store.names().size());
  }

  @Test
  void what_is_nearly_reserved_is_not() throws IOException {
    assertEquals(201, put("v1", "", "").status());
    assertEquals(201, put("v1/streams", "", "").status());
    assertEquals(201, put("x/v1/stream", "", "").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Stream-TTL: 60\r\nStream-Expires-At: 2999-01-01T00:00:00Z",
        "Stream-TTL: 60\r\nStream-TTL: 60",
        "Stream-TTL: ",
        "Stream-TTL: -1",
        "Stream-TTL: +60",
        "Stream-TTL: 060",
        "Stream-TTL: 60.5",
        "Stream-TTL: 1e3",
        "Stream-TTL: 9223372036854775807",
        "Stream-Expires-At: tomorrow",
        "Stream-Expires-At: 2999-01-01",
        "Stream-Expires-At: 2999-13-01T00:00:00Z",
        "Stream-Expires-At: 2999-01-01T00:00:00",
        "Stream-Expires-At: +12999-01-01T00:00:00Z",
        "Content-Type: text",
        "Content-Type: text/",
        "Content-Type: text/pl\u00e4in",
        "Content-Type: text/plain, text/html",
        "Content-Type: text/plain\r\nContent-Type: text/html"
      })
  void a_malformed_field_of_a_put_is_said(String field) throws IOException {
    Answer refused = put("a", field + "\r\n", "x");
    assertEquals(400, refused.status());
    assertTrue(refused.body().startsWith(field.substring(0, field.indexOf(':'))), refused.body());
    assertEquals(1, refused.body().lines().count());
    assertEquals(List.of(), store.names());
  }

  /** Readers would get the compressed bytes, as if they were the text. */
  @Test
  void a_body_that_is_compressed_is_refused() throws IOException {
    put("a", TEXT, "");
    for (String coding : List.of("gzip", "br", "identity, gzip", "x")) {
      String field = TEXT + "Content-Encoding: " + coding + "\r\n";
      assertEquals(415, post("a", field, "x").status());
      Answer refused = put("b", field, "x");
      assertEquals(415, refused.status());
      assertEquals("Content-Encoding: send the bytes as they are\n", refused.body());
    }
    assertEquals(204, post("a", TEXT + "Content-Encoding: Identity\r\n", "x").status());
    assertEquals(204, post("a", "Content-Encoding: gzip\r\nStream-Closed: true\r\n", "").status());
    assertEquals("x", get("a").body());
    assertEquals(List.of("a"), store.names());
  }

  @Test
  void a_record_may_be_large_and_not_larger() throws IOException {
    put("a", TEXT, "");
    assertEquals(204, post("a", TEXT, "x".repeat(1000)).status());
    assertEquals(413, post("a", TEXT, "x".repeat(1001)).status());
    assertEquals(204, chunked("a", TEXT, "3e8\r\n" + "x".repeat(1000) + "\r\n0\r\n\r\n").status());
    assertEquals(2000, tail("a"));
    assertEquals(413, put("b", TEXT, "x".repeat(1001)).status());
    assertEquals(List.of("a"), store.names());
  }

  @Test
  void a_length_that_is_too_large_is_refused_before_the_body_is_sent() throws IOException {
    put("a", TEXT, "");
    for (String expect : List.of("", "Expect: 100-continue\r\n")) {
      RawClient client = connect();
      client.send(headOf("POST /v1/stream/a", TEXT + expect + "Content-Length: 1000000000\r\n"));
      assertEquals(413, Answer.parse(client.readUntil("\r\n\r\n")).status());
    }
    assertEquals(0, tail("a"));
  }

  @Test
  void a_body_without_a_length_is_read_to_the_limit_and_no_further() throws IOException {
    put("a", TEXT, "");
    RawClient client = connect();
    client.send(headOf("POST /v1/stream/a", TEXT + "Transfer-Encoding: chunked\r\n"));
    client.send("ffffff\r\n" + "x".repeat(1001)); // and it would go on
    assertEquals(413, Answer.parse(client.readUntil("\r\n\r\n")).status());
    assertEquals(0, tail("a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 10\r\n\r\nhello",
        "Content-Length: 10\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        "Transfer-Encoding: chunked\r\n\r\na\r\nhello"
      })
  void a_body_that_is_cut_appends_nothing(String rest) throws Exception {
    put("a", TEXT, "");
    for (String method : List.of("POST", "PUT")) {
      for (boolean reset : new boolean[] {false, true}) {
        forgetEnded();
        String name = method.equals("POST") ? "a" : "b";
        String head = headOf(method + " /v1/stream/" + name, TEXT);
        RawClient client = connect().send(head.substring(0, head.length() - 2) + rest);
        if (reset) {
          client.reset();
        } else {
          client.close();
        }
        awaitEnded(method);
      }
    }
    assertEquals(0, tail("a"));
    assertEquals(List.of("a"), store.names());
  }

  @Test
  void a_malformed_chunk_appends_nothing() throws IOException {
    put("a", TEXT, "");
    assertEquals(400, chunked("a", TEXT, "5\r\nhello\r\nzz\r\n").status());
    assertEquals(0, tail("a"));
  }

  @Test
  void a_full_journal_is_said_and_goes_on_where_there_is_room() throws IOException {
    put("a", TEXT, "");
    for (int i = 0; i < 5; i++) {
      assertEquals(204, post("a", TEXT, "x".repeat(999)).status());
    }
    Answer full = post("a", TEXT, "x".repeat(6));
    assertEquals(507, full.status());
    assertTrue(full.body().contains("full"), full.body());
    assertNull(full.field("Retry-After"));
    assertEquals(204, post("a", TEXT, "x".repeat(5)).status());
    assertEquals(507, post("a", TEXT + "Stream-Closed: true\r\n", "x").status());
    assertEquals(204, post("a", "Stream-Closed: true\r\n", "").status());
    assertEquals(5000, tail("a"));
  }

  @Test
  void one_journal_too_many_is_said_and_there_is_room_when_one_is_deleted() throws IOException {
    for (int i = 0; i < 5; i++) {
      assertEquals(201, put("j" + i, "", "").status());
    }
    Answer refused = put("j5", "", "x");
    assertEquals(507, refused.status());
    assertTrue(refused.body().contains("j5"), refused.body());
    assertEquals(200, put("j4", "", "").status());
    assertEquals(204, ask("DELETE", "j0", "", "").status());
    assertEquals(201, put("j5", "", "x").status());
    assertFalse(store.names().contains("j0"));
  }
}
