package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sluice run --exit}, and with what status it ends. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class ExitTest {

  private static SluiceProcess run(String script) throws IOException {
    return SluiceProcess.run("--exit", "--", "sh", "-c", script);
  }

  @ParameterizedTest
  @CsvSource({
    "exit 3, 3, '{\"status\":3}'",
    "kill -TERM $$, 143, '{\"status\":143,\"signal\":\"TERM\"}'",
  })
  void it_ends_with_the_status_of_the_command_and_viewers_are_told(
      String last, int status, String told) throws Exception {
    try (SluiceProcess sluice = run("read go; echo out; echo err >&2; " + last)) {
      URI url = sluice.awaitUrl();
      try (Viewer raw = Viewer.of(url);
          SseViewer sse = SseViewer.of(url)) {
        assertEquals("Sluice-Exit-Status", raw.header("Trailer"));
        sluice.go();
        assertEquals("out\nerr\n", raw.wholeBody(), "both outputs, in order");
        assertEquals(Integer.toString(status), raw.exitStatus());
        List<SseViewer.Event> events = sse.toEnd();
        assertEquals(
            List.of("stdout", "stderr", "exit", "end"),
            events.stream().map(SseViewer.Event::type).toList());
        assertEquals(told, events.get(2).data());
      }
      assertEquals(status, sluice.awaitStatus());
    }
  }

  @Test
  void it_ends_without_any_viewer_and_has_shown_everything() throws Exception {
    try (SluiceProcess sluice =
        SluiceProcess.start(
            "run", "--exit", "--listen", "0", "--", "sh", "-c", "seq 1 20000; exit 3")) {
      List<String> shown = sluice.process().inputReader().lines().toList();
      assertEquals(20_000, shown.size());
      assertEquals("20000", shown.getLast());
      assertEquals(3, sluice.awaitStatus());
    }
  }

  @Test
  void a_slow_viewer_gets_everything_first() throws Exception {
    int size = 10_000_000; // well within the ten seconds that it waits
    try (SluiceProcess sluice = run("read go; head -c " + size + " /dev/zero; exit 4")) {
      URI url = sluice.awaitUrl();
      try (Viewer slow = Viewer.slow(url)) {
        try (Viewer fast = Viewer.of(url)) {
          sluice.go();
          assertEquals(size, fast.wholeBody().length());
          assertEquals("4", fast.exitStatus());
        }
        assertTrue(sluice.process().isAlive(), "it waits for the slow one");
        assertEquals(size, slow.wholeBody().length());
        assertEquals("4", slow.exitStatus());
      }
      assertEquals(4, sluice.awaitStatus());
    }
  }

  @Test
  void a_signal_ends_it_with_128_more_than_that_of_the_command() throws Exception {
    try (SluiceProcess sluice =
        SluiceProcess.start(
            Redirect.DISCARD, "run", "--exit", "--listen", "0", "--", "sleep", "1000")) {
      sluice.awaitUrl();
      sluice.signal("TERM");
      assertEquals(130, sluice.awaitStatus());
    }
  }
}
