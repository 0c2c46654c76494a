package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How {@code sluice run} is ended by somebody, and what is left of it then: nothing, as the {@code
 * close} of each process checks.
 */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class StopTest {

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void a_signal_ends_all_of_the_command_and_viewers_get_a_clean_end(String signal)
      throws Exception {
    assumeFalse(signal.equals("INT") && interruptIsIgnored(), "started in the background");
    try (SluiceProcess sluice = SluiceProcess.runScript("echo one; sleep 1000 & sleep 1000")) {
      URI url = sluice.awaitUrl();
      try (Viewer raw = Viewer.of(url);
          SseViewer sse = SseViewer.of(url)) {
        raw.until("one\n");
        assertEquals("{\"text\":\"one\\n\"}", sse.next().data());
        sluice.signal(signal);
        assertEquals("one\n", raw.wholeBody());
        assertEquals("130", raw.exitStatus(), "it is asked to end with INT");
        SseViewer.Event exit = sse.toEnd().getFirst();
        assertEquals("exit {\"status\":130,\"signal\":\"INT\"}", exit.type() + " " + exit.data());
      }
      assertEquals(130, sluice.awaitStatus());
      sluice.marker().awaitNone();
    }
  }

  /** A shell that has no job control starts what ends in {@code &} so; the JVM then leaves it. */
  private static boolean interruptIsIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    String ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow();
    return (Long.parseUnsignedLong(ignored.replaceAll("\\D+:\\s+", ""), 16) & 0b10) != 0;
  }

  /** No program is started once it is ready: dash can lose a signal that comes meanwhile. */
  @Test
  void a_command_may_end_in_its_own_way() throws Exception {
    String script = "trap 'echo bye; exit 5' INT; sleep 1000 & echo ready; wait";
    try (SluiceProcess sluice = SluiceProcess.runScript(script)) {
      try (Viewer viewer = Viewer.of(sluice.awaitUrl())) {
        viewer.until("ready\n");
        sluice.signal("TERM");
        assertEquals("ready\nbye\n", viewer.wholeBody());
        assertEquals("5", viewer.exitStatus());
      }
      assertEquals(5, sluice.awaitStatus());
    }
  }

  @Test
  void the_second_signal_leaves_at_once_whatever_the_command_ignores() throws Exception {
    String script =
        "trap 'echo no' INT; trap '' TERM; sleep 1000 & echo ready; while :; do wait; done";
    try (SluiceProcess sluice = SluiceProcess.runScript(script)) {
      try (Viewer viewer = Viewer.of(sluice.awaitUrl())) {
        String signal = interruptIsIgnored() ? "TERM" : "INT";
        viewer.until("ready\n");
        sluice.signal(signal);
        viewer.until("no\n");
        sluice.signal(signal);
        // Had it waited for the command, that would have ended by KILL: 137.
        assertEquals(130, sluice.awaitStatus());
      }
      sluice.marker().awaitNone();
    }
  }

  @Test
  void what_a_command_left_behind_ends_when_sluice_does() throws Exception {
    try (SluiceProcess sluice =
        SluiceProcess.runScript("(sleep 1000 >/dev/null 2>&1 &); echo left; exit 3")) {
      sluice.awaitUrl();
      sluice.awaitCommandEnd();
      assertFalse(sluice.marker().alive().stream().noneMatch(it -> it.contains("sleep 1000")));
      sluice.signal("TERM");
      assertEquals(3, sluice.awaitStatus());
      sluice.marker().awaitNone();
    }
  }

  @Test
  void what_it_left_behind_may_write_on_and_is_not_waited_for() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.runScript("echo err >&2; read go; yes & exit 3")) {
      try (SseViewer viewer = SseViewer.of(sluice.awaitUrl().resolve("/?only=stderr"))) {
        assertEquals("{\"text\":\"err\\n\"}", viewer.next().data());
        sluice.go();
        SseViewer.Event event = viewer.next();
        while (event.isOutput() || event.type().equals("gap")) {
          event = viewer.next();
        }
        assertEquals("{\"status\":3}", event.data());
      }
      sluice.awaitCommandEnd();
      sluice.signal("TERM");
      assertEquals(3, sluice.awaitStatus());
      sluice.marker().awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo one; sleep 1000 & wait",
        "(setsid sleep 1000 &); echo one; sleep 1000",
      })
  void one_that_is_killed_leaves_nothing_behind_and_viewers_see_a_cut(String script)
      throws Exception {
    try (SluiceProcess sluice = SluiceProcess.runScript(script);
        Viewer viewer = Viewer.of(sluice.awaitUrl())) {
      viewer.until("one\n");
      sluice.process().destroyForcibly();
      viewer.expectCut();
      sluice.marker().awaitNone();
    }
  }

  @Test
  void after_the_end_it_stays_for_late_comers_until_a_signal() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.runScript("echo one; exit 3")) {
      URI url = sluice.awaitUrl();
      sluice.awaitCommandEnd();
      try (Viewer late = Viewer.of(url)) {
        assertEquals("one\n", late.wholeBody());
        assertEquals("3", late.exitStatus());
      }
      sluice.signal("TERM");
      assertEquals(3, sluice.awaitStatus(), "the status of the command");
    }
  }
}
