package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** What clients and caches may remember of a read: entity tags, and for how long. */
abstract class StreamCacheContract extends StreamFixture {
  @Test
  void what_a_client_has_is_not_sent_again() throws IOException {
    put("a", TEXT, "abc");
    Answer first = get("a");
    String tag = first.field("ETag");
    for (String has : new String[] {tag, "W/" + tag, "\"x\", " + tag, "*"}) {
      Answer again = get("a", "If-None-Match: " + has + "\r\n");
      assertEquals(304, again.status());
      assertEquals("", again.body());
      assertEquals(tag, again.field("ETag"));
      assertEquals(offset(3), again.field("Stream-Next-Offset"));
      assertEquals("true", again.field("Stream-Up-To-Date"));
      assertEquals(first.field("Cache-Control"), again.field("Cache-Control"));
    }
    assertEquals(200, get("a", "If-None-Match: \"x\"\r\n").status());
    assertEquals(304, get("a", "If-None-Match: \"x\"\r\nIf-None-Match: " + tag + "\r\n").status());
  }

  @Test
  void a_tag_changes_with_the_bytes_the_place_and_the_close() throws IOException {
    put("a", TEXT, "abc");
    String first = get("a").field("ETag");
    assertNotEquals(first, get("a?offset=" + offset(1)).field("ETag"));
    post("a", TEXT, "d");
    String second = get("a").field("ETag");
    assertNotEquals(first, second);
    close("a");
    Answer closed = get("a", "If-None-Match: " + second + "\r\n");
    assertEquals(200, closed.status());
    assertEquals("true", closed.field("Stream-Closed"));
    assertEquals(304, get("a", "If-None-Match: " + closed.field("ETag") + "\r\n").status());
    ask("DELETE", "a", "", "");
    put("a", TEXT + "Stream-Closed: true\r\n", "abcd");
    assertEquals(200, get("a", "If-None-Match: " + closed.field("ETag") + "\r\n").status());
  }

  @Test
  void how_long_it_may_be_remembered_depends_on_when_it_expires() throws IOException {
    String most = "public, max-age=60, stale-while-revalidate=300";
    put("a", TEXT, "abc");
    assertEquals(most, get("a").field("Cache-Control"));
    put("b", TEXT + "Stream-TTL: 3600\r\n", "abc");
    assertEquals(most, get("b").field("Cache-Control"));
    put("c", TEXT + "Stream-TTL: 7\r\n", "abc");
    assertEquals("public, max-age=7", get("c").field("Cache-Control"));
    String soon = Instant.now().plusSeconds(30).truncatedTo(ChronoUnit.SECONDS).toString();
    put("d", TEXT + "Stream-Expires-At: " + soon + "\r\n", "abc");
    String[] seconds = get("d").field("Cache-Control").split("public, max-age=", -1);
    assertTrue(Integer.parseInt(seconds[1]) <= 30, seconds[1]);
    assertEquals("no-store", get("a?offset=now").field("Cache-Control"));
    assertNull(get("a?offset=now").field("ETag"));
    String end = get("a?offset=" + offset(3)).field("Cache-Control");
    assertFalse(end.contains("public"), end);
    close("a");
    assertEquals(most, get("a?offset=" + offset(3)).field("Cache-Control"));
  }

  @Test
  void what_is_asked_from_a_place_that_moves_is_not_remembered() throws IOException {
    put("a", TEXT, "abc");
    for (String query : new String[] {"offset=kept", "offset=kept&live=long-poll", "offset=now"}) {
      Answer answer = get("a?" + query, "If-None-Match: *\r\n");
      assertEquals(200, answer.status(), query);
      assertEquals("no-store", answer.field("Cache-Control"), query);
      assertNull(answer.field("ETag"), query);
    }
  }
}
