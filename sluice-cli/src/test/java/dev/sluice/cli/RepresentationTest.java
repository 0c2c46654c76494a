package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a viewer gets by its URL and its header, and who gets nothing. */
@TestInstance(Lifecycle.PER_CLASS)
final class RepresentationTest {
  private static final String SCRIPT = "echo secret; echo err >&2; exit 3";

  private SluiceProcess sluice;
  private URI root;

  @BeforeAll
  void start() throws IOException {
    sluice =
        SluiceProcess.run(
            "--name", "logs/b~1", "--type", "application/x-log", "--", "sh", "-c", SCRIPT);
    root = sluice.awaitUrl();
    sluice.awaitCommandEnd();
  }

  @AfterAll
  void stop() throws Exception {
    sluice.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/, */*, application/x-log",
    "/logs/b~1, */*, application/x-log",
    "/logs/b~1, application/json, application/x-log",
    "/, text/event-stream, text/event-stream",
    "/logs/b~1, text/event-stream, text/event-stream",
    "/, application/x-ndjson, application/x-ndjson",
    "/logs/b~1, application/x-ndjson, application/x-ndjson",
    "/?as=raw, text/event-stream, application/x-log",
    "/logs/b~1?as=raw, application/x-ndjson, application/x-log",
    "/?as=sse, */*, text/event-stream",
    "/logs/b~1?as=sse, application/x-ndjson, text/event-stream",
    "/?as=ndjson, text/event-stream, application/x-ndjson",
    "/logs/b~1?as=ndjson, */*, application/x-ndjson",
  })
  void the_query_wins_over_accept(String path, String accept, String type) throws IOException {
    try (Viewer viewer = Viewer.of(root.resolve(path), "Accept: " + accept)) {
      assertEquals(type, viewer.header("Content-Type"));
      assertEquals("Accept", viewer.header("Vary"));
      assertTrue(viewer.header("Sluice-Journal").matches("[0-9a-f]{8}"), viewer.head());
      String body = viewer.wholeBody();
      switch (type) {
        case "application/x-log" -> {
          assertEquals("secret\nerr\n", body);
          assertEquals("3", viewer.exitStatus());
        }
        case "text/event-stream" -> assertTrue(body.contains("event: exit\n"), body);
        default -> assertEquals(3, body.lines().filter(line -> line.startsWith("{\"off")).count());
      }
    }
  }

  @Test
  void a_line_of_json_tells_where_when_what_and_the_last_one_how_it_ended() throws IOException {
    try (Viewer viewer = Viewer.of(root.resolve("/?as=ndjson"))) {
      List<String> lines = viewer.wholeBody().lines().toList();
      String time = "\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z\"";
      String at = "\\{\"offset\":\"0{16}_0{14}";
      assertMatches(
          at + "07\"," + time + ",\"kind\":\"stdout\",\"text\":\"secret\\\\n\"\\}", lines.get(0));
      assertMatches(
          at + "11\"," + time + ",\"kind\":\"stderr\",\"text\":\"err\\\\n\"\\}", lines.get(1));
      assertMatches(at + "11\"," + time + ",\"kind\":\"exit\",\"status\":3\\}", lines.get(2));
    }
  }

  private static void assertMatches(String pattern, String line) {
    assertTrue(line.matches(pattern), line);
  }

  @ParameterizedTest
  @CsvSource({
    "?only=stdout, secret",
    "?only=stderr, err",
    "?offset=0000000000000000_0000000000000007, err",
    "?offset=now, ''",
    "?only=stderr&offset=-1, err",
  })
  void a_part_can_be_asked_for(String query, String line) throws IOException {
    try (Viewer viewer = Viewer.of(root.resolve("/" + query))) {
      assertEquals(line.isEmpty() ? "" : line + "\n", viewer.wholeBody());
      assertEquals("3", viewer.exitStatus());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/other, 404, there is no such journal",
    "/logs, 404, there is no such journal",
    "/-/nothing, 404, ''",
    "/?as=xml, 400, 'as: unknown; use html, raw, sse or ndjson'",
    "/?only=stdin, 400, 'only: unknown; use stdout or stderr'",
    "/?offset=12, 400, 'offset: malformed; use OFFSET, -1, now or kept'",
    "/?offset=0000000000000000_0000000000000012, 400, 'offset: 0000000000000000_0000000000000012"
        + " is past the end, which is 0000000000000000_0000000000000011'",
  })
  void what_cannot_be_is_refused_with_the_reason(String path, int status, String reason)
      throws IOException {
    String answer = Viewer.answer(root.resolve(path));
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
    assertTrue(answer.contains(reason), answer);
    assertFalse(answer.contains("secret"), answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example"})
  void a_name_that_was_rebound_to_this_address_gets_nothing(String name) throws IOException {
    for (String path : List.of("/", "/logs/b~1", "/?as=sse", "/-/nothing")) {
      String answer =
          ask("GET %s HTTP/1.1\r\nHost: %s:%d\r\n".formatted(path, name, root.getPort()));
      assertTrue(answer.startsWith("HTTP/1.1 421 "), answer);
      assertFalse(answer.contains("secret"), answer);
    }
  }

  /** Without a field that allows it, the browser keeps the answer from the page. */
  @ParameterizedTest
  @ValueSource(strings = {"/", "/logs/b~1", "/?as=sse", "/?as=ndjson", "/other", "/?as=xml"})
  void a_page_of_another_origin_is_not_allowed_to_read(String path) throws IOException {
    for (String origin : List.of("http://evil.example", "null", "http://localhost:1")) {
      String answer =
          Viewer.answer(root.resolve(path), "Origin: " + origin, "Sec-Fetch-Mode: cors");
      assertNothingIsAllowed(answer);
    }
  }

  @Test
  void nor_to_write_or_to_ask_first() throws IOException {
    String host = "Host: " + root.getAuthority() + "\r\nOrigin: http://evil.example\r\n";
    String preflight =
        ask("OPTIONS / HTTP/1.1\r\n" + host + "Access-Control-Request-Method: GET\r\n");
    assertNothingIsAllowed(preflight);
    String post = ask("POST / HTTP/1.1\r\n" + host + "Content-Length: 0\r\n");
    assertTrue(post.startsWith("HTTP/1.1 403 "), post);
    assertNothingIsAllowed(post);
  }

  private static void assertNothingIsAllowed(String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 "), answer);
    assertFalse(answer.toLowerCase(Locale.ROOT).contains("access-control-"), answer);
  }

  private String ask(String head) throws IOException {
    try (RawClient client = Viewer.connect(root)) {
      return client.send(head + "Connection: close\r\n\r\n").readToEnd();
    }
  }
}
