package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading what is there: which bytes, in chunks; what the answer says about them. */
abstract class StreamReadContract extends StreamFixture {
  private static final int CHUNK = 8 << 20;
  private static final String JSON = "Content-Type: application/json\r\n";

  @Override
  protected JournalLimits limits() {
    return JournalLimits.defaults();
  }

  // Which bytes.

  @Test
  void a_read_gets_what_is_there_and_where_it_ends() throws IOException {
    put("a", TEXT, "abc");
    post("a", TEXT, "de");
    for (String query : new String[] {"", "?offset=-1", "?offset=" + ZERO, "?offset=kept"}) {
      Answer all = get("a" + query);
      assertEquals(200, all.status());
      assertEquals("abcde", all.body());
      assertEquals("text/plain", all.field("Content-Type"));
      assertEquals("5", all.field("Content-Length"));
      assertEquals(offset(5), all.field("Stream-Next-Offset"));
      assertEquals("true", all.field("Stream-Up-To-Date"));
      assertNull(all.field("Stream-Closed"));
      assertEquals(store.find("a").id(), all.field("Sluice-Journal"));
    }
    assertEquals("de", get("a?offset=" + offset(3)).body());
    assertEquals("e", get("a?offset=" + offset(4)).body());
  }

  /** Clients are about that take the id of an event for an offset. */
  @Test
  void the_id_of_an_event_is_an_offset_in_that_journal_alone() throws IOException {
    put("a", TEXT, "abcde");
    String id = offset(3) + "@" + store.find("a").id();
    assertEquals("de", get("a?offset=" + id).body());
    Answer wait = get("a?live=long-poll&offset=" + id);
    assertEquals("de", wait.body());
    assertEquals(offset(5), wait.field("Stream-Next-Offset"));
    ask("DELETE", "a", "", "");
    put("a", TEXT, "vwxyz");
    for (String live : List.of("", "&live=long-poll", "&live=sse", "&live=raw")) {
      Answer gone = get("a?offset=" + id + live);
      assertEquals(410, gone.status());
      assertTrue(gone.body().contains("another journal"), gone.body());
    }
    for (String bad : List.of("@", "@1234567", "@12345678@", "@1234567G", "@123456789")) {
      assertEquals(400, get("a?offset=" + offset(3) + bad).status());
    }
    assertEquals(400, get("a?offset=@12345678").status());
  }

  @ParameterizedTest
  @CsvSource({"text/plain, ''", "application/json, []"})
  void at_the_end_there_is_nothing_and_that_is_no_fault(String type, String nothing)
      throws IOException {
    put("a", "Content-Type: " + type + "\r\n", "7");
    long end = tail("a");
    for (String query : new String[] {"?offset=" + offset(end), "?offset=now"}) {
      Answer empty = get("a" + query);
      assertEquals(200, empty.status());
      assertEquals(nothing, empty.body());
      assertEquals(String.valueOf(nothing.length()), empty.field("Content-Length"));
      assertEquals(offset(end), empty.field("Stream-Next-Offset"));
      assertEquals("true", empty.field("Stream-Up-To-Date"));
      assertNull(empty.field("Stream-Closed"));
    }
  }

  @Test
  void the_end_of_a_closed_one_is_said_where_it_is_reached() throws IOException {
    put("a", TEXT + "Stream-Closed: true\r\n", "abc");
    for (String query : new String[] {"", "?offset=" + offset(3), "?offset=now"}) {
      Answer end = get("a" + query);
      assertEquals(200, end.status());
      assertEquals("true", end.field("Stream-Closed"));
      assertEquals("true", end.field("Stream-Up-To-Date"));
    }
  }

  @Test
  void a_long_journal_comes_in_chunks() throws IOException {
    byte[] bytes = new byte[2 * CHUNK + 3];
    new Random(1).nextBytes(bytes);
    fill("a", "image/png", bytes);
    close("a");
    String all = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    for (int at = 0; at < bytes.length; at += CHUNK) {
      int end = Math.min(bytes.length, at + CHUNK);
      Answer chunk = get("a?offset=" + offset(at));
      assertTrue(all.substring(at, end).equals(chunk.body()), "the chunk at " + at);
      assertEquals(String.valueOf(end - at), chunk.field("Content-Length"));
      assertEquals(offset(end), chunk.field("Stream-Next-Offset"));
      String last = end == bytes.length ? "true" : null;
      assertEquals(last, chunk.field("Stream-Up-To-Date"));
      assertEquals(last, chunk.field("Stream-Closed"));
    }
  }

  @Test
  void a_chunk_of_messages_ends_with_one() throws IOException {
    String message = "\"" + "x".repeat(1_000_000) + "\"";
    for (int i = 0; i < 9; i++) {
      put("a", JSON, "");
      assertEquals(204, post("a", JSON, message).status());
    }
    Answer first = get("a");
    int whole = CHUNK / (message.length() + 1);
    assertEquals("[" + (message + ",").repeat(whole - 1) + message + "]", first.body());
    assertEquals(String.valueOf(first.body().length()), first.field("Content-Length"));
    assertNull(first.field("Stream-Up-To-Date"));
    Answer second = get("a?offset=" + first.field("Stream-Next-Offset"));
    assertEquals("[" + (message + ",").repeat(8 - whole) + message + "]", second.body());
    assertEquals("true", second.field("Stream-Up-To-Date"));
  }

  @Test
  void a_message_that_is_larger_than_a_chunk_comes_whole_and_alone() throws IOException {
    String large = "\"" + "x".repeat(CHUNK + 100) + "\"";
    put("a", JSON, "[1," + large + ",2]");
    Answer first = get("a");
    assertEquals("[1]", first.body());
    Answer second = get("a?offset=" + first.field("Stream-Next-Offset"));
    assertTrue(second.body().equals("[" + large + "]"), "the large one");
    assertNull(second.field("Stream-Up-To-Date"));
    Answer third = get("a?offset=" + second.field("Stream-Next-Offset"));
    assertEquals("[2]", third.body());
    assertEquals("true", third.field("Stream-Up-To-Date"));
  }

  // Messages.

  @Test
  void messages_come_as_an_array_however_they_were_sent() throws IOException {
    put("a", "Content-Type: Application/JSON; charset=utf-8\r\n", "[ {\"a\" : 1} ,\r\n[2, [3]]]");
    post("a", JSON, "\"x\"");
    post("a", JSON, "[[4]]");
    Answer all = get("a");
    assertEquals("[{\"a\" : 1},[2, [3]],\"x\",[4]]", all.body());
    assertEquals("Application/JSON; charset=utf-8", all.field("Content-Type"));
    assertEquals(String.valueOf(all.body().length()), all.field("Content-Length"));
    close("a");
    Answer lines = asked("GET /a?as=raw", "", "");
    assertEquals("application/x-ndjson", lines.field("Content-Type"));
    assertEquals("{\"a\" : 1}\n[2, [3]]\n\"x\"\n[4]\n", StreamContract.unchunked(lines.body()));
  }

  @Test
  void an_empty_array_creates_and_is_nothing_to_append() throws IOException {
    assertEquals(ZERO, put("a", JSON, "[]").field("Stream-Next-Offset"));
    assertEquals(400, post("a", JSON, "[]").status());
    assertEquals(400, post("a", JSON + "Stream-Closed: true\r\n", "[]").status());
    assertEquals("[]", get("a").body());
    assertEquals(0, tail("a"));
  }

  @Test
  void what_is_no_json_is_refused_and_nothing_of_it_kept() throws IOException {
    assertEquals(400, put("b", JSON, "[1,]").status());
    assertNull(store.find("b"));
    put("a", JSON, "");
    for (String bad : new String[] {"[1,2", "{", "1 2", "NaN", "\u00e9", "[1] x", "\"\n\""}) {
      Answer refused = post("a", JSON, bad);
      assertEquals(400, refused.status());
      assertTrue(refused.body().startsWith("not JSON"), refused.body());
      assertEquals(1, refused.body().lines().count());
    }
    assertEquals(0, tail("a"));
  }

  @Test
  void an_offset_within_a_message_is_refused() throws IOException {
    put("a", JSON, "[{},{}]");
    assertEquals("[{}]", get("a?offset=" + offset(3)).body());
    for (long at : new long[] {1, 2, 4, 5}) {
      for (String live : new String[] {"", "&live=sse", "&live=long-poll", "&live=raw"}) {
        Answer refused = get("a?offset=" + offset(at) + live);
        assertEquals(400, refused.status());
        assertTrue(refused.body().contains("within a message"), refused.body());
      }
    }
  }

  @Test
  void a_message_that_has_no_end_yet_is_held_back_until_the_close() throws IOException {
    put("a", JSON, "");
    append("a", "1\n[2,");
    Answer open = get("a");
    assertEquals("[1]", open.body());
    assertEquals(offset(2), open.field("Stream-Next-Offset"));
    assertEquals("true", open.field("Stream-Up-To-Date"));
    append("a", "3]");
    assertEquals("[]", get("a?offset=" + offset(2)).body());
    close("a");
    Answer closed = get("a?offset=" + offset(2));
    assertEquals("[[2,3]]", closed.body());
    assertEquals("7", closed.field("Content-Length"));
    assertEquals("true", closed.field("Stream-Closed"));
    String end = closed.field("Stream-Next-Offset");
    assertEquals("[]", get("a?offset=" + end).body());
    assertEquals(204, get("a?live=long-poll&offset=" + end).status());
    assertEquals(200, get("a?live=sse&offset=" + end).status());
    String id = end + "@" + store.find("a").id();
    assertEquals(204, get("a?live=sse&offset=-1", "Last-Event-ID: " + id + "\r\n").status());
  }

  @Test
  void now_is_behind_the_last_message_that_is_whole() throws IOException {
    put("a", JSON, "");
    append("a", "1\n[2,");
    Answer now = get("a?offset=now");
    assertEquals("[]", now.body());
    assertEquals(offset(2), now.field("Stream-Next-Offset"));
    assertEquals(offset(2), head("a").field("Stream-Next-Offset"));
    var poll =
        connect()
            .send(headOf("GET /v1/stream/a?offset=now&live=long-poll", "Connection: close\r\n"));
    awaitWaiting(1);
    EventClient events =
        new EventClient(connect().send(headOf("GET /v1/stream/a?offset=now&live=sse", "")));
    assertEquals(200, events.head.status());
    assertTrue(events.control().contains(offset(2)));
    append("a", "3]\n");
    assertEquals("[[2,3]]", Answer.parse(poll.readToEnd()).body());
    assertEquals("[[2,3]]", events.data());
  }

  // Where there is nothing.

  @Test
  void past_the_end_is_refused() throws IOException {
    put("a", TEXT, "abc");
    for (String live : new String[] {"", "&live=sse", "&live=long-poll", "&live=raw"}) {
      Answer refused = get("a?offset=" + offset(4) + live);
      assertEquals(400, refused.status());
      assertTrue(refused.body().contains("past the end"), refused.body());
      assertEquals(404, get("b?offset=-1" + live).status());
    }
  }

  @Test
  void a_query_that_is_malformed_is_refused() throws IOException {
    put("a", TEXT, "abc");
    for (String query :
        List.of(
            "offset=",
            "offset=0",
            "offset=-2",
            "offset=NOW",
            "offset=0_0",
            "offset=%2d%2d1",
            "offset=-1&offset=-1",
            "offset=-1&offset=now",
            "live=sse",
            "live=long-poll",
            "offset=-1&live=",
            "offset=-1&live=yes",
            "offset=-1&live=sse&live=sse",
            "offset=%zz",
            "offset=0000000000000001_0000000000000000",
            "offset=-1%0d%0aX-Evil:%201",
            "offset=9999999999999999_9999999999999999",
            "offset=0000000000000000_00000000000000000")) {
      Answer refused = get("a?" + query);
      assertEquals(400, refused.status(), query);
      assertEquals(1, refused.body().lines().count());
      assertTrue(refused.field("Content-Type").startsWith("text/plain"));
      assertNull(refused.field("X-Evil"));
    }
  }

  @Test
  void what_is_not_known_of_a_query_is_ignored() throws IOException {
    put("a", TEXT, "abc");
    assertEquals("abc", get("a?x&cursor=%20&y=1&y=2&offset=-1&Offset=7").body());
  }

  // What every answer has.

  @Test
  void every_answer_keeps_other_pages_from_reading_it() throws IOException {
    put("a", TEXT + "Stream-Closed: true\r\n", "abc");
    List<Answer> answers =
        List.of(
            get("a"),
            get("a?offset=now"),
            get("a?offset=x"),
            get("a?offset=-1&live=sse"),
            get("a?offset=-1&live=raw"),
            get("a?offset=now&live=long-poll"),
            get("a", "If-None-Match: *\r\n"),
            get("b"),
            get("-"),
            ask("PATCH", "a", "", ""));
    for (Answer answer : answers) {
      assertEquals("nosniff", answer.field("X-Content-Type-Options"));
      assertEquals("same-origin", answer.field("Cross-Origin-Resource-Policy"));
      assertNull(answer.field("Access-Control-Allow-Origin"));
    }
    assertEquals("sandbox", get("a").field("Content-Security-Policy"));
  }

  @Test
  void a_head_tells_the_end_and_no_more() throws IOException {
    put("a", JSON, "[1,2]");
    Answer head = head("a");
    assertEquals(200, head.status());
    assertEquals(offset(4), head.field("Stream-Next-Offset"));
    assertEquals("no-store", head.field("Cache-Control"));
    assertEquals("application/json", head.field("Content-Type"));
    assertEquals("", head.body());
    assertNull(head.field("ETag"));
  }

  // Raw.

  @Test
  void raw_bytes_follow_until_the_close() throws IOException {
    put("a", JSON, "[1,2]");
    var client = connect().send(headOf("GET /v1/stream/a?live=raw", ""));
    Answer head = Answer.parse(client.readUntil("\r\n\r\n"));
    assertEquals("application/x-ndjson", head.field("Content-Type"));
    assertEquals("4\r\n1\n2\n\r\n", client.readExactly(9));
    post("a", JSON, "[3]");
    assertEquals("2\r\n3\n\r\n", client.readExactly(7));
    close("a");
    assertEquals("0\r\n\r\n", client.readExactly(5));
    Answer end = get("a?offset=" + offset(2) + "&live=raw");
    assertEquals("2\n3\n", StreamContract.unchunked(end.body()));
    assertEquals("", StreamContract.unchunked(get("a?offset=now&live=raw").body()));
  }

  private void append(String name, String text) throws IOException {
    new Recorded(store.find(name)).out(text);
  }

  private void fill(String name, String type, byte[] bytes) throws IOException {
    store.open(name, JournalOptions.defaults().withContentType(type).withDurable(false));
    for (int at = 0; at < bytes.length; at += 1 << 20) {
      int end = Math.min(bytes.length, at + (1 << 20));
      new Recorded(store.find(name))
          .add(dev.sluice.journal.Kind.STDOUT, java.util.Arrays.copyOfRange(bytes, at, end));
    }
  }
}
