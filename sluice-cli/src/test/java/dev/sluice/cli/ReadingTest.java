package dev.sluice.cli;

import static dev.sluice.cli.ScriptedServer.cut;
import static dev.sluice.cli.ScriptedServer.status;
import static dev.sluice.cli.ScriptedServer.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a stream of any server is read. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class ReadingTest {
  private static final String GET = "GET /v1/stream/log?";
  private static final Handler MISSING = status(404);

  /** An answer with data; headers are names and values in turn. */
  private static Handler data(String type, String body, String next, String... headers) {
    return (request, response) -> {
      response.type(type).header("Stream-Next-Offset", next);
      for (int i = 0; i < headers.length; i += 2) {
        response.header(headers[i], headers[i + 1]);
      }
      response.write(body);
    };
  }

  private static Handler caughtUp(String type, String body, String next) {
    return data(type, body, next, "Stream-Up-To-Date", "true", "Stream-Cursor", "7");
  }

  private static Handler nothing(String next, String... headers) {
    return (request, response) -> {
      response.status(204).header("Stream-Next-Offset", next).header("Stream-Up-To-Date", "true");
      for (int i = 0; i < headers.length; i += 2) {
        response.header(headers[i], headers[i + 1]);
      }
    };
  }

  private static Handler events(String text) {
    return (request, response) -> response.type("text/event-stream").write(text);
  }

  private static void assertRead(String expected, ScriptedServer server, String... requests)
      throws Exception {
    try (var wire = new Wire(server.stream("log"))) {
      wire.read(null);
      assertEquals(expected, wire.out());
      assertEquals(List.of(requests), server.requests());
    }
  }

  private static String failure(ScriptedServer server) {
    try (var wire = new Wire(server.stream("log"))) {
      String said = assertThrows(CliException.class, () -> wire.read(null)).getMessage();
      return said.replace(server.stream("log") + ": ", "");
    }
  }

  @Test
  void text_is_caught_up_with_and_then_polled_until_it_is_closed() throws Exception {
    try (var server =
        ScriptedServer.of(
            data("text/plain", "one\r\n", "a1"),
            caughtUp("text/plain", "two\n", "a2"),
            nothing("a2", "Stream-Cursor", "8"),
            caughtUp("text/plain", "three\n", "a3"),
            nothing("a3", "Stream-Closed", "true"))) {
      assertRead(
          "one\r\ntwo\nthree\n",
          server,
          GET + "offset=-1",
          GET + "offset=a1",
          GET + "cursor=7&live=long-poll&offset=a2",
          GET + "cursor=8&live=long-poll&offset=a2",
          GET + "cursor=7&live=long-poll&offset=a3");
    }
  }

  @Test
  void a_closed_stream_ends_with_its_last_answer() throws Exception {
    Handler last = data("text/plain", "one\n", "a1", "Stream-Closed", "true");
    try (var server = ScriptedServer.of(last)) {
      assertRead("one\n", server, GET + "offset=-1");
    }
  }

  @Test
  void json_is_followed_by_events_and_comes_in_lines() throws Exception {
    try (var server =
        ScriptedServer.of(
            caughtUp("application/json; charset=utf-8", "[{\"a\":\n1},2]", "a1"),
            events(
                """
                event: data
                data: [
                data: 3,
                data: [4]]

                event: control
                data: {"streamNextOffset":"a2","streamCursor":"9"}

                """),
            events(
                """
                event: control
                data: {"streamClosed":true,"streamNextOffset":"a2"}

                """))) {
      assertRead(
          "{\"a\":1}\n2\n3\n[4]\n",
          server,
          GET + "offset=-1",
          GET + "cursor=7&live=sse&offset=a1",
          GET + "cursor=9&live=sse&offset=a2");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 405, 406, 501})
  void what_a_server_does_not_have_is_not_used(int refused) throws Exception {
    String type = "image/png";
    try (var server =
        ScriptedServer.of(
            caughtUp(type, "one", "a1"),
            text(refused, "no such thing"),
            text(refused, "no such thing"),
            caughtUp(type, "two", "a2"),
            data(type, "", "a2", "Stream-Closed", "true"))) {
      assertRead(
          "onetwo",
          server,
          GET + "offset=-1",
          GET + "cursor=7&live=sse&offset=a1",
          GET + "cursor=7&live=long-poll&offset=a1",
          GET + "offset=a1",
          GET + "offset=a2");
    }
  }

  @Test
  void bytes_that_do_not_come_in_base64_are_polled() throws Exception {
    String type = "image/png";
    try (var server =
        ScriptedServer.of(
            caughtUp(type, "one", "a1"),
            events("event: data\ndata: two\n\n"),
            data(type, "two", "a2", "Stream-Closed", "true"))) {
      assertRead(
          "onetwo",
          server,
          GET + "offset=-1",
          GET + "cursor=7&live=sse&offset=a1",
          GET + "cursor=7&live=long-poll&offset=a1");
    }
  }

  @Test
  void what_is_asked_for_is_not_replaced_by_something_else() throws Exception {
    try (var server = ScriptedServer.of(caughtUp("text/plain", "one", "a1"), text(501, "no SSE"));
        var wire = new Wire(server.stream("log"))) {
      Exception e = assertThrows(CliException.class, () -> wire.read(Live.SSE));
      assertEquals(server.stream("log") + ": no SSE", e.getMessage());
    }
  }

  @Test
  void events_that_lose_bytes_are_not_taken_even_if_they_are_asked_for() throws Exception {
    try (var server = ScriptedServer.of(caughtUp("image/png", "one", "a1"), events("data:x\n\n"));
        var wire = new Wire(server.stream("log"))) {
      Exception e = assertThrows(CliException.class, () -> wire.read(Live.SSE));
      assertEquals(
          server.stream("log") + ": sends no events that keep its bytes; leave --live out",
          e.getMessage());
    }
  }

  @Test
  void a_redirect_is_followed() throws Exception {
    Handler last = data("text/plain", "one", "a1", "Stream-Closed", "true");
    try (var server = ScriptedServer.of(status(302, "Location", "/other?offset=-1"), last)) {
      assertRead("one", server, GET + "offset=-1", "GET /other?offset=-1");
    }
  }

  @Test
  void what_there_is_ends_where_the_stream_did_even_if_there_is_more_by_then() throws Exception {
    try (var server =
            ScriptedServer.of(data("text/plain", "one", "a1"), data("text/plain", "two", "a3"));
        var wire = new Wire(server.stream("log"))) {
      wire.readTo("a2");
      assertEquals("onetwo", wire.out());
    }
  }

  @Test
  void what_cannot_be_gone_on_with_is_told() throws Exception {
    Handler first = caughtUp("text/plain", "one", "a2");
    try (var server = ScriptedServer.of(MISSING)) {
      assertEquals("there is no such journal", failure(server));
    }
    try (var server = ScriptedServer.of(first, MISSING)) {
      assertEquals("was deleted", failure(server));
    }
    try (var server = ScriptedServer.of(first, text(410, "too old"))) {
      assertEquals(
          "what comes next is no longer kept, or it was deleted: too old", failure(server));
    }
    try (var server = ScriptedServer.of(first, caughtUp("text/plain", "one", "a1"))) {
      assertEquals(
          "was replaced by a new journal of this name; call cat again for that one",
          failure(server));
    }
    try (var server = ScriptedServer.of(text(200, "a page"))) {
      assertEquals("is no stream: it has no Stream-Next-Offset", failure(server));
    }
    try (var server = ScriptedServer.of(caughtUp("application/json", "{}", "a1"))) {
      assertEquals("sends what is not JSON: it is no array", failure(server));
    }
  }

  @Test
  void a_stream_that_has_lost_what_it_had_sent_is_not_followed() throws Exception {
    try (var server = ScriptedServer.of(cut("onetwo", ""), caughtUp("text/plain", "one", "a1"))) {
      assertEquals("has lost some of what it had sent behind -1", failure(server));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain, LONG_POLL",
    "application/octet-stream, SSE",
    "application/json, SSE",
    "application/json, LONG_POLL",
  })
  void nothing_is_missing_or_twice_however_answers_are_cut(String type, Live live)
      throws Exception {
    long seed = Long.getLong("sluice.test.seed", ThreadLocalRandom.current().nextLong());
    var random = new Random(seed);
    var expected = new ByteArrayOutputStream();
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] record = record(type, i, random);
      records.add(record);
      expected.writeBytes(record);
      if (type.equals("application/json")) {
        expected.write('\n');
      }
    }
    var stream = new FakeStream(records, type, random, 4);
    try (var server = ScriptedServer.of(Collections.nCopies(2000, stream).toArray(Handler[]::new));
        var wire = new Wire(server.stream("log"))) {
      wire.read(live);
      assertArrayEquals(expected.toByteArray(), wire.bytes(), "-Dsluice.test.seed=" + seed);
      assertTrue(
          stream.requests().stream().anyMatch(each -> each.contains("offset=o.")),
          "it was followed");
    }
  }

  private static byte[] record(String type, int number, Random random) {
    if (type.equals("application/json")) {
      String text =
          "{\"n\": %d, \"s\":\"é\\n%s\"}".formatted(number, "x".repeat(random.nextInt(90)));
      return text.getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = new byte[1 + random.nextInt(100)];
    random.nextBytes(bytes);
    return bytes;
  }
}
