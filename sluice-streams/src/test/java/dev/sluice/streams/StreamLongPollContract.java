package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads that wait: for data, for the end, for nothing. Here they wait for very long. */
abstract class StreamLongPollContract extends StreamFixture {
  private static final String POLL = "live=long-poll&offset=";

  @Test
  void what_is_there_comes_at_once() throws IOException {
    put("a", TEXT, "abc");
    Answer data = get("a?" + POLL + "-1");
    assertEquals(200, data.status());
    assertEquals("abc", data.body());
    assertEquals("3", data.field("Content-Length"));
    assertEquals(offset(3), data.field("Stream-Next-Offset"));
    assertEquals("true", data.field("Stream-Up-To-Date"));
    assertTrue(data.field("Stream-Cursor").matches("[0-9]+"), data.field("Stream-Cursor"));
    assertEquals(data.field("ETag"), get("a").field("ETag"));
    assertEquals("bc", get("a?" + POLL + offset(1)).body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"now", "0000000000000000_0000000000000003"})
  void what_comes_ends_the_wait(String from) throws IOException {
    put("a", TEXT, "abc");
    RawClient poll = poll("a", from);
    awaitWaiting(1);
    post("a", TEXT, "de");
    Answer data = answer(poll);
    assertEquals(200, data.status());
    assertEquals(offset(5), data.field("Stream-Next-Offset"));
    assertEquals("true", data.field("Stream-Up-To-Date"));
    assertNull(data.field("Stream-Closed"));
    assertTrue(data.body().endsWith("de"), data.body());
  }

  @Test
  void messages_come_as_an_array() throws IOException {
    put("a", "Content-Type: application/json\r\n", "");
    RawClient poll = poll("a", "-1");
    awaitWaiting(1);
    new Recorded(store.find("a")).out("[1,"); // is no message yet
    new Recorded(store.find("a")).out("2]\n3\n");
    assertEquals("[[1,2],3]", answer(poll).body());
  }

  @Test
  void the_end_is_said_at_once() throws IOException {
    put("a", TEXT + "Stream-Closed: true\r\n", "abc");
    Answer end = get("a?" + POLL + offset(3));
    assertEquals(204, end.status());
    assertEquals("true", end.field("Stream-Closed"));
    assertEquals("true", end.field("Stream-Up-To-Date"));
    assertEquals(offset(3), end.field("Stream-Next-Offset"));
    assertEquals("no-store", end.field("Cache-Control"));
    Answer last = get("a?" + POLL + "-1");
    assertEquals(200, last.status());
    assertEquals("true", last.field("Stream-Closed"));
  }

  /** In each round one waits already, and one comes at about the same time. */
  @Test
  void an_end_with_data_or_without_ends_the_wait_and_is_never_lost() throws IOException {
    for (int round = 0; round < 10; round++) {
      boolean data = round % 2 == 0;
      put("a", TEXT, "abc");
      RawClient waiting = poll("a", offset(3));
      awaitWaiting(1);
      RawClient coming = poll("a", offset(3));
      post("a", TEXT + "Stream-Closed: true\r\n", data ? "d" : "");
      for (RawClient one : List.of(waiting, coming)) {
        Answer end = answer(one);
        assertEquals(data ? 200 : 204, end.status());
        assertEquals(data ? "d" : "", end.body());
        assertEquals("true", end.field("Stream-Closed"));
        assertEquals(offset(data ? 4 : 3), end.field("Stream-Next-Offset"));
      }
      ask("DELETE", "a", "", "");
    }
  }

  @Test
  void one_that_is_deleted_is_not_there_any_more() throws IOException {
    put("a", TEXT, "abc");
    RawClient poll = poll("a", "now");
    awaitWaiting(1);
    ask("DELETE", "a", "", "");
    Answer gone = answer(poll);
    assertEquals(404, gone.status());
    assertEquals("nosniff", gone.field("X-Content-Type-Options"));
  }

  /** Others who follow are cut; one that waits and asks again would do so for ever. */
  @Test
  void one_whose_writer_is_gone_is_said_and_goes_on_if_it_comes_back() throws IOException {
    put("a", TEXT, "abc");
    RawClient poll = poll("a", "now");
    awaitWaiting(1);
    store.find("a").abandon();
    Answer gone = answer(poll);
    assertEquals(503, gone.status());
    assertEquals("1", gone.field("Retry-After"));
    assertEquals("no-store", gone.field("Cache-Control"));
    assertEquals(1, gone.body().lines().count());
    assertEquals(503, get("a?" + POLL + offset(3)).status());
    assertEquals("bc", get("a?" + POLL + offset(1)).body());
    post("a", TEXT, "d");
    RawClient again = poll("a", "now");
    awaitWaiting(1);
    post("a", TEXT, "e");
    assertEquals("e", answer(again).body());
  }

  @Test
  void an_end_is_said_also_of_what_its_writer_had_left() throws IOException {
    put("a", TEXT, "abc");
    store.find("a").abandon();
    close("a");
    Answer end = get("a?" + POLL + offset(3));
    assertEquals(204, end.status());
    assertEquals("true", end.field("Stream-Closed"));
  }

  @Test
  void a_client_that_goes_frees_its_thread() throws Exception {
    put("a", TEXT, "abc");
    forgetEnded();
    RawClient closed = poll("a", "now");
    RawClient reset = poll("a", "now");
    awaitWaiting(2);
    closed.close();
    reset.reset();
    awaitEnded("GET");
    awaitEnded("GET");
    awaitNoneRunning();
  }

  @Test
  void a_cursor_is_always_greater_than_the_clients() throws IOException {
    put("a", TEXT, "abc");
    long cursor = Long.parseLong(get("a?" + POLL + "-1").field("Stream-Cursor"));
    for (int i = 0; i < 5; i++) {
      String next = get("a?" + POLL + "-1&cursor=" + cursor).field("Stream-Cursor");
      assertTrue(Long.parseLong(next) > cursor, next + " after " + cursor);
      cursor = Long.parseLong(next);
    }
    for (String none : new String[] {"", "x", "-5", "99999999999999999999"}) {
      assertEquals(200, get("a?" + POLL + "-1&cursor=" + none).status());
    }
  }

  @Test
  void what_a_client_has_is_not_sent_again() throws IOException {
    put("a", TEXT, "abc");
    Answer first = get("a?" + POLL + "-1");
    Answer again = get("a?" + POLL + "-1", "If-None-Match: " + first.field("ETag") + "\r\n");
    assertEquals(304, again.status());
    assertTrue(again.field("Stream-Cursor").matches("[0-9]+"));
  }

  RawClient poll(String name, String from) throws IOException {
    return connect()
        .send(headOf("GET /v1/stream/" + name + "?" + POLL + from, "Connection: close\r\n"));
  }

  static Answer answer(RawClient client) throws IOException {
    return Answer.parse(client.readToEnd());
  }
}
