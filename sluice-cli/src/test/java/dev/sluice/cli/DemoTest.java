package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.examples.Example;
import dev.sluice.testkit.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** {@code sluice demo} as a process of its own; what the examples do is tested where they are. */
@TestInstance(Lifecycle.PER_CLASS)
final class DemoTest {
  private static final Pattern CURL = Pattern.compile("curl (-.*) (http://127\\.0\\.0\\.1:.*)");

  private SluiceProcess demo;

  /** What it printed: the options of curl by URL. */
  private final Map<URI, String> curls = new LinkedHashMap<>();

  @BeforeAll
  void start() throws IOException {
    demo = SluiceProcess.start("demo", "--listen", "0");
    BufferedReader out = demo.process().inputReader();
    while (curls.size() < Example.all().size()) {
      String comment = out.readLine();
      assertTrue(comment.startsWith("# "), comment);
      Matcher curl = CURL.matcher(out.readLine());
      assertTrue(curl.matches(), curl.toString());
      curls.put(URI.create(curl.group(2)), curl.group(1));
    }
  }

  @AfterAll
  void stop() throws Exception {
    demo.signal("TERM");
    List<String> said = demo.awaitEnd();
    demo.close();
    assertEquals("sluice: Ctrl-C ends it", said.getFirst());
    assertEquals(143, demo.process().exitValue());
  }

  @Test
  void it_prints_a_curl_line_for_each_example_in_order() {
    List<String> paths = curls.keySet().stream().map(URI::getPath).toList();
    assertEquals(Example.all().stream().map(Example::path).toList(), paths);
    assertEquals(
        Example.all().stream().map(Example::curl).toList(), new ArrayList<>(curls.values()));
  }

  @Test
  void it_serves_each_of_them() throws IOException {
    for (URI url : curls.keySet()) {
      try (RawClient client = Viewer.connect(url)) {
        client.send(
            "OPTIONS %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                .formatted(url.getPath(), url.getAuthority()));
        String answer = client.readToEnd();
        assertTrue(answer.startsWith("HTTP/1.1 20"), answer);
        assertTrue(answer.contains("Allow: GET"), answer);
      }
    }
  }

  @Test
  void a_line_a_second_begins_at_once() throws IOException {
    try (Viewer viewer = Viewer.of(url("/flush"))) {
      assertEquals("tick 1\n", viewer.until("\n"));
    }
  }

  @Test
  void the_gigabyte_is_one() throws IOException {
    URI url = url("/large");
    try (RawClient client = Viewer.connect(url)) {
      client.send(
          "HEAD /large HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
              .formatted(url.getAuthority()));
      String answer = client.readToEnd();
      assertTrue(answer.contains("Content-Length: 1000000000\r\n"), answer);
    }
  }

  @Test
  void what_it_does_not_serve_is_404_and_a_foreign_host_is_421() throws IOException {
    URI url = url("/flush");
    try (RawClient client = Viewer.connect(url)) {
      client.send(
          """
          GET /nothing HTTP/1.1\r
          Host: localhost\r
          \r
          GET /flush HTTP/1.1\r
          Host: evil.example\r
          Connection: close\r
          \r
          """);
      String answers = client.readToEnd();
      assertTrue(answers.startsWith("HTTP/1.1 404 "), answers);
      assertTrue(answers.contains("HTTP/1.1 421 "), answers);
      assertFalse(answers.contains("tick"), answers);
    }
  }

  private URI url(String path) {
    return curls.keySet().stream()
        .filter(url -> url.getPath().equals(path))
        .findFirst()
        .orElseThrow();
  }
}
