package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.JournalLimits;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that begin with what another one has, over HTTP. */
abstract class StreamForkContract extends StreamFixture {
  private static final String FROM_A = "Stream-Forked-From: /v1/stream/a\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";

  @Override
  protected JournalLimits limits() {
    return JournalLimits.defaults().withRecordBytesMax(1000);
  }

  // What it has.

  @Test
  void a_fork_has_what_its_source_had_and_then_its_own() throws IOException {
    put("a", TEXT, "abc");
    Answer created = put("b", FROM_A, "");
    assertEquals(201, created.status());
    assertEquals("text/plain", created.field("Content-Type"));
    assertEquals(offset(3), created.field("Stream-Next-Offset"));
    assertEquals("http://127.0.0.1/v1/stream/b", created.field("Location"));
    assertNull(created.field("Stream-Forked-From"));
    assertNotEquals(store.find("a").id(), created.field("Sluice-Journal"));
    post("a", TEXT, "A");
    post("b", TEXT, "B");
    assertEquals("abcA", get("a").body());
    assertEquals("abcB", get("b").body());
    assertEquals("B", get("b?offset=" + offset(3)).body());
    assertNotEquals(get("a?offset=-1").field("ETag"), get("b?offset=-1").field("ETag"));
  }

  @Test
  void it_leaves_its_source_at_an_offset_or_so_many_bytes_beyond() throws IOException {
    put("a", TEXT, "abcdef");
    String at = "Stream-Fork-Offset: " + offset(2) + "\r\n";
    put("b", FROM_A + at, "");
    assertEquals("ab", get("b").body());
    put("c", FROM_A + at + "Stream-Fork-Sub-Offset: 3\r\n", "");
    assertEquals("abcde", get("c").body());
    put("d", FROM_A + at + "Stream-Fork-Sub-Offset: 0\r\n", "own");
    assertEquals("abown", get("d").body());
    put("e", FROM_A + "Stream-Fork-Offset: " + ZERO + "\r\n", "");
    assertEquals("", get("e").body());
  }

  @Test
  void of_json_so_many_messages_beyond() throws IOException {
    put("a", JSON, "[1,[2,2],{\"n\":3},4]");
    long first = 2;
    String at = "Stream-Fork-Offset: " + offset(first) + "\r\n";
    put("b", FROM_A + at + "Stream-Fork-Sub-Offset: 2\r\n", "");
    assertEquals("[1,[2,2],{\"n\":3}]", get("b").body());
    post("b", JSON, "[5,6]");
    assertEquals("[1,[2,2],{\"n\":3},5,6]", get("b").body());
    put("c", FROM_A + "Stream-Fork-Offset: " + ZERO + "\r\nStream-Fork-Sub-Offset: 4\r\n", "");
    assertEquals(get("a").body(), get("c").body());
    String beyond = FROM_A + at + "Stream-Fork-Sub-Offset: 4\r\n";
    assertEquals(400, put("d", beyond, "").status());
    assertEquals(400, put("d", FROM_A + "Stream-Fork-Offset: " + offset(1) + "\r\n", "").status());
    assertNull(store.find("d"));
  }

  @Test
  void a_fork_of_a_fork_has_all_of_both() throws IOException {
    put("a", TEXT, "a");
    put("b", FROM_A, "b");
    put("c", "Stream-Forked-From: /v1/stream/b\r\n", "c");
    assertEquals("abc", get("c").body());
    put(
        "x/y",
        "Stream-Forked-From: /v1/stream/c\r\nStream-Fork-Offset: " + offset(1) + "\r\n",
        "d");
    assertEquals("ad", get("x/y").body());
    assertEquals(201, put("z", "Stream-Forked-From: /v1/stream/x/y\r\n", "").status());
  }

  @Test
  void a_fork_of_what_is_closed_is_open() throws IOException {
    put("a", TEXT + "Stream-Closed: true\r\n", "abc");
    Answer created = put("b", FROM_A, "");
    assertNull(created.field("Stream-Closed"));
    assertEquals(204, post("b", TEXT, "d").status());
    Answer closed = put("c", FROM_A + "Stream-Closed: true\r\n", "");
    assertEquals("true", closed.field("Stream-Closed"));
    assertEquals("true", get("c").field("Stream-Closed"));
    assertEquals("abc", get("c").body());
  }

  @Test
  void it_knows_no_producer_and_no_sequence_of_its_source() throws IOException {
    String producer = "Producer-Id: p\r\nProducer-Epoch: 3\r\nProducer-Seq: 0\r\n";
    put("a", TEXT, "");
    assertEquals(200, post("a", TEXT + producer + "Stream-Seq: 9\r\n", "x").status());
    put("b", FROM_A, "");
    assertEquals(200, post("b", TEXT + producer + "Stream-Seq: 1\r\n", "x").status());
    assertEquals("xx", get("b").body());
    assertEquals("x", get("a").body());
  }

  // Following.

  @Test
  void what_comes_to_the_source_wakes_nobody_who_follows_the_fork() throws IOException {
    put("a", TEXT, "abc");
    put("b", FROM_A, "");
    assertEquals("c", get("b?live=long-poll&offset=" + offset(2)).body());
    RawClient poll =
        connect()
            .send(headOf("GET /v1/stream/b?live=long-poll&offset=now", "Connection: close\r\n"));
    awaitWaiting(1);
    EventClient events =
        new EventClient(connect().send(headOf("GET /v1/stream/b?live=sse&offset=-1", "")));
    assertEquals("abc", events.data());
    events.control();
    post("a", TEXT, "A");
    post("b", TEXT, "B");
    assertEquals("B", Answer.parse(poll.readToEnd()).body());
    assertEquals("B", events.data());
  }

  // What is refused.

  @Test
  void a_source_that_is_not_there_is_said() throws IOException {
    Answer missing = put("b", FROM_A, "");
    assertEquals(404, missing.status());
    assertEquals("Stream-Forked-From: there is no such journal\n", missing.body());
    put("a", TEXT, "abc");
    assertEquals(409, put("b", FROM_A + JSON, "").status());
    assertEquals(201, put("b", FROM_A + "Content-Type: TEXT/plain;charset=utf-8\r\n", "").status());
    assertEquals("text/plain", head("b").field("Content-Type"));
  }

  @Test
  void an_anchor_that_is_none_is_said() throws IOException {
    put("a", TEXT, "abc");
    for (String fields :
        List.of(
            FROM_A + "Stream-Fork-Offset: " + offset(4),
            FROM_A + "Stream-Fork-Offset: 3",
            FROM_A + "Stream-Fork-Offset: now",
            FROM_A + "Stream-Fork-Offset: -1",
            FROM_A + "Stream-Fork-Offset: ",
            FROM_A + "Stream-Fork-Offset: 0000000000000001_0000000000000000",
            FROM_A + "Stream-Fork-Offset: " + ZERO + "\r\nStream-Fork-Offset: " + ZERO,
            FROM_A + "Stream-Fork-Sub-Offset: 1",
            FROM_A + "Stream-Fork-Sub-Offset: -1",
            FROM_A + "Stream-Fork-Sub-Offset: 01",
            FROM_A + "Stream-Fork-Sub-Offset: 1.0",
            FROM_A + "Stream-Fork-Sub-Offset: 99999999999999999999",
            FROM_A + "Stream-Fork-Offset: " + ZERO + "\r\nStream-Fork-Sub-Offset: 4",
            FROM_A + "Stream-TTL: 1\r\nStream-Expires-At: 2999-01-01T00:00:00Z",
            FROM_A + "Stream-Forked-From: /v1/stream/a",
            "Stream-Fork-Offset: " + ZERO,
            "Stream-Fork-Sub-Offset: 0",
            "Stream-Forked-From: a",
            "Stream-Forked-From: /a",
            "Stream-Forked-From: ",
            "Stream-Forked-From: http://127.0.0.1/v1/stream/a",
            "Stream-Forked-From: /v1/stream/x%2Fa",
            "Stream-Forked-From: /v1/stream/%zz")) {
      Answer refused = put("b", fields + "\r\n", "x");
      assertEquals(400, refused.status(), fields);
      assertEquals(1, refused.body().lines().count(), refused.body());
      assertEquals("nosniff", refused.field("X-Content-Type-Options"));
    }
    assertEquals(List.of("a"), store.names());
  }

  @Test
  void too_much_of_its_own_makes_no_fork() throws IOException {
    put("a", TEXT, "abc");
    assertEquals(413, put("b", FROM_A, "x".repeat(1001)).status());
    put("j", JSON, "[1]");
    assertEquals(400, put("b", "Stream-Forked-From: /v1/stream/j\r\n", "[1,").status());
    assertEquals(List.of("a", "j"), store.names());
  }

  // Again.

  @Test
  void the_same_again_is_ok_and_something_else_a_conflict() throws IOException {
    put("a", TEXT, "abcdef");
    String at = "Stream-Fork-Offset: " + offset(2) + "\r\n";
    put("b", FROM_A + at, "own");
    post("a", TEXT, "more");
    Answer again = put("b", FROM_A + at, "own");
    assertEquals(200, again.status());
    assertEquals(offset(5), again.field("Stream-Next-Offset"));
    assertEquals("abown", get("b").body());
    assertEquals(200, put("b", FROM_A, "").status());
    put("x", TEXT, "");
    String other = "Stream-Fork-Offset: " + offset(3) + "\r\n";
    for (String fields :
        List.of(
            FROM_A + other,
            FROM_A + at + "Stream-Fork-Sub-Offset: 1\r\n",
            FROM_A + at + "Stream-TTL: 60\r\n",
            FROM_A + at + "Stream-Closed: true\r\n",
            "Stream-Forked-From: /v1/stream/x\r\n",
            TEXT)) {
      assertEquals(409, put("b", fields, "").status(), fields);
    }
    assertEquals(409, put("a", "Stream-Forked-From: /v1/stream/x\r\n", "").status());
    String sub = "Stream-Fork-Offset: " + offset(1) + "\r\nStream-Fork-Sub-Offset: 1\r\n";
    assertEquals(200, put("b", FROM_A + sub, "").status(), "the same place");
  }

  /** A client that did not hear the answer asks again, whatever became of the source meanwhile. */
  @Test
  void the_same_again_is_ok_when_its_source_is_gone() throws IOException {
    put("a", TEXT + "Stream-TTL: 90\r\n", "abcdef");
    String at = "Stream-Fork-Offset: " + offset(1) + "\r\nStream-Fork-Sub-Offset: 1\r\n";
    String expiry = "Stream-TTL: 60\r\n";
    put("b", FROM_A + at, "own");
    put("c", FROM_A + at + TEXT + expiry, "");
    ask("DELETE", "a", "", "");
    assertEquals(409, put("d", FROM_A + at, "").status());
    assertEquals(200, put("b", FROM_A + at, "own").status());
    assertEquals(200, put("c", FROM_A + at + TEXT + expiry, "").status());
    assertEquals("90", head("b").field("Stream-TTL"));
    String other = "Stream-Fork-Offset: " + offset(3) + "\r\n";
    for (String fields :
        List.of(
            FROM_A + other,
            FROM_A + at + JSON,
            FROM_A + at + "Stream-TTL: 61\r\n",
            FROM_A + at + "Stream-Closed: true\r\n",
            TEXT)) {
      assertEquals(409, put("b", fields, "").status(), fields);
    }
    assertEquals("abown", get("b").body());
    ask("DELETE", "b", "", "");
    assertEquals(409, put("b", FROM_A + at, "own").status());
  }

  @Test
  void the_same_place_in_json_is_counted_in_messages() throws IOException {
    put("a", JSON, "[1,22,333]");
    String at = "Stream-Fork-Offset: " + offset(2) + "\r\nStream-Fork-Sub-Offset: ";
    put("b", FROM_A + at + "1\r\n", "[4]");
    ask("DELETE", "a", "", "");
    assertEquals(200, put("b", FROM_A + at + "1\r\n", "[4]").status());
    String after = "Stream-Fork-Offset: " + offset(5) + "\r\n";
    assertEquals(200, put("b", FROM_A + after, "").status(), "the same place");
    for (String other :
        List.of(
            at + "0\r\n",
            at + "2\r\n",
            at + "3\r\n",
            "Stream-Fork-Offset: " + offset(3) + "\r\nStream-Fork-Sub-Offset: 1\r\n",
            "Stream-Fork-Offset: " + offset(8) + "\r\nStream-Fork-Sub-Offset: 1\r\n")) {
      assertEquals(409, put("b", FROM_A + other, "").status(), other);
    }
    assertEquals("[1,22,4]", get("b").body());
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', , ",
    "'', Stream-TTL: 60, 60, ",
    "'', Stream-Expires-At: 2999-01-01T00:00:00Z, , 2999-01-01T00:00:00Z",
    "Stream-TTL: 90, '', 90, ",
    "Stream-TTL: 90, Stream-TTL: 60, 60, ",
    "Stream-TTL: 90, Stream-Expires-At: 2999-01-01T00:00:00Z, , 2999-01-01T00:00:00Z",
    "Stream-Expires-At: 2998-01-01T00:00:00Z, '', , 2998-01-01T00:00:00Z",
    "Stream-Expires-At: 2998-01-01T00:00:00Z, Stream-TTL: 60, 60, "
  })
  void it_expires_as_it_is_told_or_as_its_source(
      String source, String fork, String ttl, String expiresAt) throws IOException {
    put("a", TEXT + (source.isEmpty() ? "" : source + "\r\n"), "abc");
    String fields = FROM_A + (fork.isEmpty() ? "" : fork + "\r\n");
    assertEquals(201, put("b", fields, "").status());
    assertEquals(ttl, head("b").field("Stream-TTL"));
    assertEquals(expiresAt, head("b").field("Stream-Expires-At"));
    assertEquals(200, put("b", fields, "").status());
  }

  // Deleting.

  @Test
  void a_source_that_is_deleted_is_gone_but_not_for_its_forks() throws IOException {
    put("a", TEXT, "abc");
    put("b", FROM_A, "d");
    RawClient poll =
        connect()
            .send(headOf("GET /v1/stream/a?live=long-poll&offset=now", "Connection: close\r\n"));
    awaitWaiting(1);
    assertEquals(204, ask("DELETE", "a", "", "").status());
    int ended = Answer.parse(poll.readToEnd()).status();
    assertTrue(ended == 404 || ended == 410, "status " + ended);
    List<Answer> gone =
        List.of(
            get("a"),
            get("a?offset=now&live=sse"),
            get("a?offset=now&live=long-poll"),
            head("a"),
            post("a", TEXT, "x"),
            ask("DELETE", "a", "", ""));
    for (Answer answer : gone) {
      assertEquals(410, answer.status());
      assertEquals("nosniff", answer.field("X-Content-Type-Options"));
      assertEquals("same-origin", answer.field("Cross-Origin-Resource-Policy"));
    }
    assertEquals(409, put("a", TEXT, "").status());
    assertEquals(409, put("c", FROM_A, "").status());
    assertEquals("abcd", get("b").body());
    assertEquals(204, post("b", TEXT, "e").status());
    assertEquals("abcde", get("b").body());
    assertEquals(201, put("c", "Stream-Forked-From: /v1/stream/b\r\n", "").status());
    assertEquals(204, ask("DELETE", "b", "", "").status());
    assertEquals("abcde", get("c").body());
    assertEquals(410, get("a").status());
    assertEquals(204, ask("DELETE", "c", "", "").status());
    for (String name : List.of("a", "b", "c")) {
      assertEquals(404, get(name).status());
      assertEquals(201, put(name, TEXT, "").status());
    }
  }

  // Sequences of writers.

  @Test
  void a_sequence_goes_up_byte_by_byte_or_nothing_is_appended() throws IOException {
    put("a", TEXT, "");
    assertEquals(204, post("a", TEXT + "Stream-Seq: 09\r\n", "1").status());
    for (String low : List.of("09", "0", "08", "000000000")) {
      Answer refused = post("a", TEXT + "Stream-Seq: " + low + "\r\n", "x");
      assertEquals(409, refused.status());
      assertEquals(1, refused.body().lines().count());
      assertNull(refused.field("Stream-Closed"));
    }
    assertEquals(204, post("a", TEXT + "Stream-Seq: 1\r\n", "2").status());
    assertEquals(409, post("a", TEXT + "Stream-Seq: 09999\r\n", "x").status());
    assertEquals(204, post("a", TEXT, "3").status());
    assertEquals(204, post("a", TEXT + "Stream-Seq: a b\r\n", "4").status());
    assertEquals(409, post("a", TEXT + "Stream-Seq: Z\r\nStream-Closed: true\r\n", "x").status());
    assertEquals("1234", get("a").body());
    String html = "Content-Type: text/html\r\nStream-Seq: 0\r\n";
    assertTrue(post("a", html, "x").body().startsWith("Content-Type"), "the type is said first");
    close("a");
    Answer closed = post("a", html, "x");
    assertEquals("true", closed.field("Stream-Closed"), "and the end before that");
  }

  @Test
  void a_sequence_that_is_malformed_is_said() throws IOException {
    put("a", TEXT, "");
    for (String bad : List.of("", "\u00e9", "x".repeat(256), "1\r\nStream-Seq: 2", "a\tb")) {
      Answer refused = post("a", TEXT + "Stream-Seq: " + bad + "\r\n", "x");
      assertEquals(400, refused.status(), bad);
      assertEquals(1, refused.body().lines().count());
    }
    assertEquals(204, post("a", TEXT + "Stream-Seq: " + "x".repeat(255) + "\r\n", "x").status());
    assertEquals(1, tail("a"));
  }

  @Test
  void the_sequence_of_a_put_counts() throws IOException {
    put("a", TEXT + "Stream-Seq: 5\r\n", "x");
    assertEquals(409, post("a", TEXT + "Stream-Seq: 5\r\n", "y").status());
    assertEquals(204, post("a", TEXT + "Stream-Seq: 6\r\n", "y").status());
  }
}
