package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.JournalLimits;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams as server-sent events, over real sockets: how they begin, go on, end, and resume. */
abstract class StreamEventsContract extends StreamFixture {
  private static final String JSON = "Content-Type: application/json\r\n";

  @Override
  protected JournalLimits limits() {
    return JournalLimits.defaults();
  }

  @Test
  void at_the_end_it_begins_by_saying_so() throws IOException {
    put("a", TEXT, "abc");
    EventClient events = follow("a", "now");
    assertEquals(200, events.head.status());
    assertEquals("text/event-stream", events.head.field("Content-Type"));
    assertTrue(events.head.field("Cache-Control").contains("no-cache"));
    assertEquals("nosniff", events.head.field("X-Content-Type-Options"));
    assertNull(events.head.field("Stream-SSE-Data-Encoding"));
    EventParser.Event control = events.next();
    assertEquals("control", control.type());
    assertTrue(control.data().matches(control(3) + ",\"upToDate\":true}"), control.data());
    assertEquals(id("a", 3), control.id());
    assertEquals("1000", events.parser.retry());
  }

  @Test
  void data_and_where_it_ends_come_in_one_piece() throws IOException {
    put("a", TEXT, "");
    EventClient events = follow("a", "-1");
    events.control();
    for (long i = 1; i <= 3; i++) {
      post("a", TEXT, "x\n");
      assertTrue(events.readChunk());
      assertEquals(2, events.waiting());
      EventParser.Event data = events.next();
      assertEquals("data", data.type());
      assertEquals("x\n", data.data());
      assertEquals(id("a", 2 * i), data.id());
      String control = events.control();
      assertTrue(control.matches(control(2 * i) + ",\"upToDate\":true}"), control);
    }
  }

  @Test
  void what_is_there_comes_first_and_then_what_is_appended() throws IOException {
    put("a", JSON, "[1,2]");
    EventClient events = follow("a", "-1");
    assertEquals("[1,2]", events.data());
    events.control();
    post("a", JSON, "[{\"a\":[3]},4]");
    assertEquals("[{\"a\":[3]},4]", events.data());
  }

  @Test
  void a_long_journal_comes_in_several_events_and_the_last_says_so() throws IOException {
    String message = "\"" + "x".repeat(10_000) + "\"";
    put("a", JSON, "[" + (message + ",").repeat(29) + message + "]");
    EventClient events = follow("a", "-1");
    var got = new StringBuilder();
    String control;
    do {
      String data = events.data();
      got.append(data, 1, data.length() - 1).append(',');
      control = events.control();
    } while (!control.contains("upToDate"));
    assertEquals((message + ",").repeat(30), got.toString());
    assertTrue(control.matches(control(tail("a")) + ",\"upToDate\":true}"), control);
  }

  @Test
  void the_close_is_the_last_event_and_the_connection_goes_on() throws IOException {
    put("a", TEXT, "abc");
    RawClient client = connect();
    EventClient events = follow(client, "a", "-1", "");
    assertEquals("abc", events.data());
    events.control();
    close("a");
    EventParser.Event end = events.next();
    assertEquals("control", end.type());
    assertEquals(
        "{\"streamNextOffset\":\"" + offset(3) + "\",\"streamClosed\":true,\"upToDate\":true}",
        end.data());
    assertEquals(id("a", 3), end.id());
    events.expectEnd();
    assertEquals(200, follow(client, "a", "-1", "").head.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "now", "0000000000000000_0000000000000003"})
  void one_that_was_closed_before_ends_at_once(String from) throws IOException {
    put("a", TEXT + "Stream-Closed: true\r\n", "abc");
    List<EventParser.Event> all = follow("a", from).rest();
    assertEquals(from.equals("-1") ? 3 : 1, all.size());
    assertClosed(all.subList(all.size() > 1 ? 1 : 0, all.size()));
  }

  /** Also if others had the same data before it was closed. */
  @Test
  void one_that_was_closed_before_says_so_with_its_last_data() throws IOException {
    put("a", TEXT, "abc");
    for (int i = 0; i < 4; i++) {
      EventClient early = follow("a", "-1");
      assertEquals("abc", early.data());
      assertTrue(early.control().contains("\"streamCursor\""));
    }
    close("a");
    for (int i = 0; i < 4; i++) {
      EventClient late = follow("a", "-1");
      assertEquals("abc", late.data());
      assertClosed(late.rest());
    }
  }

  /** A message without its end, and a part of a character: events of their own. */
  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/plain"})
  void it_is_up_to_date_only_when_it_has_what_was_held_back_too(String type) throws IOException {
    put("a", "Content-Type: " + type + "\r\n", "");
    byte[] cut =
        type.startsWith("text") ? new byte[] {'1', (byte) 0xe2} : new byte[] {'1', '\n', '2'};
    new Recorded(store.find("a")).add(dev.sluice.journal.Kind.STDOUT, cut);
    close("a");
    EventClient events = follow("a", "-1");
    events.data();
    String control = events.control();
    assertFalse(control.contains("upToDate"), control);
    events.data();
    assertClosed(events.rest());
  }

  @Test
  void what_comes_with_the_close_is_never_lost() throws IOException {
    for (int round = 0; round < 12; round++) {
      put("a", TEXT, "abc");
      EventClient events = follow("a", "now");
      events.control();
      post("a", TEXT + "Stream-Closed: true\r\n", "last");
      assertEquals("last", events.data());
      assertClosed(events.rest());
      ask("DELETE", "a", "", "");
    }
  }

  private static void assertClosed(List<EventParser.Event> controls) {
    assertFalse(controls.isEmpty());
    for (EventParser.Event control : controls) {
      assertEquals("control", control.type());
      assertTrue(control.data().contains("\"streamClosed\":true"), controls.toString());
      assertFalse(control.data().contains("streamCursor"), controls.toString());
    }
  }

  @Test
  void any_other_type_is_told_in_base64() throws IOException {
    put("a", "Content-Type: image/png\r\n", "\u00e9\n\r\n\0");
    EventClient events = follow("a", "-1");
    assertEquals("base64", events.head.field("stream-sse-data-encoding"));
    String text = new String(Base64.getDecoder().decode(events.data()), StandardCharsets.UTF_8);
    assertEquals("\u00e9\n\r\n\0", text);
    assertTrue(events.control().contains("upToDate"));
  }

  @Test
  void a_character_that_is_cut_by_appends_comes_whole() throws IOException {
    put("a", TEXT, "");
    EventClient events = follow("a", "now");
    events.control();
    var recorded = new Recorded(store.find("a"));
    recorded.add(dev.sluice.journal.Kind.STDOUT, new byte[] {'x', (byte) 0xe2});
    assertEquals("x", events.data());
    assertTrue(events.control().matches(control(1) + ",\"upToDate\":true}"));
    recorded.add(dev.sluice.journal.Kind.STDOUT, new byte[] {(byte) 0x82});
    recorded.add(dev.sluice.journal.Kind.STDOUT, new byte[] {(byte) 0xac});
    assertEquals("\u00e2\u0082\u00ac", events.data());
    assertTrue(events.control().matches(control(4) + ",\"upToDate\":true}"));
    recorded.add(dev.sluice.journal.Kind.STDOUT, new byte[] {(byte) 0xe2});
    close("a");
    assertEquals("\u00e2", events.data());
  }

  /** As a command writes them whose output became the journal. */
  @Test
  void lines_of_json_may_end_with_cr_lf() throws IOException {
    put("a", JSON, "");
    new Recorded(store.find("a")).out("{}\r\n[1]\r\n");
    assertEquals("[{},[1]]", follow("a", "-1").data().replace(" ", ""));
  }

  // Coming back.

  @Test
  void one_that_comes_back_goes_on_where_its_last_event_ended() throws IOException {
    put("a", TEXT, "abc");
    EventClient first = follow("a", "-1");
    String id = first.next().id();
    post("a", TEXT, "de");
    EventClient again = follow(connect(), "a", "-1", "Last-Event-ID: " + id + "\r\n");
    assertEquals("de", again.data());
    close("a");
    assertEquals(2, again.rest().size());
    assertEquals(200, follow("a", offset(5)).head.status());
    RawClient client = connect();
    String last = "Last-Event-ID: " + id("a", 5) + "\r\n";
    assertEquals(204, follow(client, "a", "-1", last).head.status());
    assertEquals(204, follow(client, "a", "now", last).head.status());
  }

  @Test
  void one_that_has_followed_another_journal_of_that_name_is_told_and_begins_anew()
      throws IOException {
    put("a", TEXT, "abcdef");
    String id = id("a", 6);
    ask("DELETE", "a", "", "");
    put("a", TEXT, "xy");
    EventClient again = follow(connect(), "a", "-1", "Last-Event-ID: " + id + "\r\n");
    assertEquals("restart", again.next().type());
    assertEquals("xy", again.data());
    assertTrue(again.control().contains(offset(2)));
  }

  @Test
  void an_id_that_is_none_or_past_the_end_is_refused() throws IOException {
    put("a", TEXT, "abc");
    for (String id : List.of("x", "-1", "now", offset(9), "7@", "1_1@zz")) {
      EventClient refused = follow(connect(), "a", "-1", "Last-Event-ID: " + id + "\r\n");
      assertEquals(400, refused.head.status());
    }
  }

  @Test
  void a_cursor_is_greater_than_the_clients_and_stays() throws IOException {
    put("a", TEXT, "abc");
    String first = cursor(follow("a", "now").control());
    EventClient events = follow("a", "now&cursor=" + first);
    String next = cursor(events.control());
    assertTrue(Long.parseLong(next) > Long.parseLong(first));
    post("a", TEXT, "d");
    events.data();
    assertEquals(next, cursor(events.control()));
  }

  // Being cut.

  @Test
  void one_that_is_deleted_has_no_end() throws IOException {
    put("a", TEXT, "abc");
    RawClient client = connect();
    EventClient events = follow(client, "a", "-1", "");
    events.data();
    events.control();
    ask("DELETE", "a", "", "");
    assertFalse(client.readToEnd().contains("0\r\n\r\n"), "a cut that looks complete");
  }

  private EventClient follow(String name, String from) throws IOException {
    return follow(connect(), name, from, "");
  }

  private static EventClient follow(RawClient client, String name, String from, String fields)
      throws IOException {
    return new EventClient(
        client.send(headOf("GET /v1/stream/%s?live=sse&offset=%s".formatted(name, from), fields)));
  }

  private static String control(long position) {
    return "\\{\"streamNextOffset\":\"" + offset(position) + "\",\"streamCursor\":\"[0-9]+\"";
  }

  private static String cursor(String control) {
    return control.replaceAll(".*\"streamCursor\":\"([0-9]+)\".*", "$1");
  }

  private String id(String name, long position) throws IOException {
    return offset(position) + "@" + store.find(name).id();
  }
}
