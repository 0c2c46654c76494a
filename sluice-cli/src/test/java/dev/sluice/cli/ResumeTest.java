package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.cli.SseViewer.Event;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a viewer that has lost its connection comes back, by {@code Last-Event-ID}. */
@TestInstance(Lifecycle.PER_CLASS)
final class ResumeTest {
  private static final String LINE = "größe €\u2028 😀 \"<b>\\ ";
  private static final String ALL =
      IntStream.rangeClosed(1, 20_000)
          .mapToObj(number -> LINE + number + "\n")
          .collect(Collectors.joining());

  private SluiceProcess sluice;
  private URI url;

  @BeforeAll
  void start() throws IOException {
    sluice = SluiceProcess.run("--", "sh", "-c", "seq -f \"$0%.0f\" 1 20000", LINE);
    url = sluice.awaitUrl();
    sluice.awaitCommandEnd();
  }

  @AfterAll
  void stop() throws Exception {
    sluice.close();
  }

  @Test
  void it_gets_the_rest_without_gap_or_repeat_however_often_it_is_cut() throws IOException {
    int total = ALL.getBytes(StandardCharsets.UTF_8).length;
    List<Event> got = new ArrayList<>();
    int connections = 0;
    while (got.isEmpty() || position(got.getLast()) < total) {
      try (SseViewer viewer =
          got.isEmpty() ? SseViewer.of(url) : SseViewer.resumed(url, got.getLast().id())) {
        got.add(viewer.next());
        connections++;
      }
    }
    // An event is never more than a block of 256 KiB, however fast the command writes.
    assertTrue(connections > total / (256 * 1024), connections + " connections");
    assertTrue(got.stream().noneMatch(event -> event.data().contains("base64")));
    assertEquals(ALL, SseViewer.text(got));
  }

  private static long position(Event output) {
    assertTrue(output.isOutput(), output.toString());
    return Long.parseLong(output.id().substring(17, 33));
  }

  @Test
  void while_the_command_runs_it_gets_what_came_meanwhile() throws Exception {
    try (SluiceProcess running = SluiceProcess.runScript("echo one; read go; echo two")) {
      URI there = running.awaitUrl();
      Event one;
      try (SseViewer viewer = SseViewer.of(there)) {
        one = viewer.next();
        viewer.viewer().reset();
      }
      assertEquals("{\"text\":\"one\\n\"}", one.data());
      running.go();
      try (SseViewer viewer = SseViewer.resumed(there, one.id())) {
        assertEquals("two\n", SseViewer.text(viewer.toEnd()));
      }
    }
  }

  @Test
  void one_that_has_everything_is_told_not_to_come_again() throws IOException {
    Event end;
    try (SseViewer viewer = SseViewer.of(url)) {
      end = viewer.toEnd().getLast();
    }
    String answer = Viewer.answer(url, "Accept: text/event-stream", "Last-Event-ID: " + end.id());
    assertTrue(answer.startsWith("HTTP/1.1 204 "), answer);
  }

  @Test
  void one_of_another_run_is_told_so_and_gets_all_of_this_one() throws IOException {
    try (SseViewer viewer = SseViewer.resumed(url, "0000000000000000_0000000000000042@00c0ffee")) {
      assertEquals("restart", viewer.next().type());
      assertEquals(ALL, SseViewer.text(viewer.toEnd()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "42",
        "0000000000000000_0000000000000042@",
        "0000000000000000_0000000000000042@xyz",
        "0000000000000000_-000000000000042",
        "-1",
        "now",
        "<script>",
      })
  void a_malformed_one_is_refused_with_the_reason(String id) throws IOException {
    String answer = Viewer.answer(url, "Accept: text/event-stream", "Last-Event-ID: " + id);
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    assertTrue(answer.contains("Last-Event-ID: malformed; use OFFSET or OFFSET@JOURNAL"), answer);
    assertFalse(answer.contains("<script>"), answer);
  }

  @Test
  void one_past_the_end_is_refused_with_the_reason() throws IOException {
    String id = "0000000000000000_0000009999999999";
    String answer = Viewer.answer(url, "Accept: text/event-stream", "Last-Event-ID: " + id);
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    assertTrue(answer.contains("Last-Event-ID: " + id + " is past the end, which is "), answer);
  }
}
