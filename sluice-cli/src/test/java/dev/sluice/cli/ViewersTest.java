package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.server.Server;
import dev.sluice.server.ServerOptions;
import dev.sluice.testkit.LeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the viewers of a command get. */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
final class ViewersTest {
  /** Prints its first half, waits for a file to be there, and prints the second. */
  private static final String IN_TWO_HALVES =
      "seq 1 100000; until [ -e \"$0\" ]; do sleep 0.01; done; seq 100001 200000";

  private static final String FIRST_HALF = numbersUpTo(100_000);
  private static final String ALL = numbersUpTo(200_000);

  // Held, since a logger that is collected forgets its level.
  private static final Logger ACCESS = Logger.getLogger("dev.sluice.access");

  @TempDir private Path directory;
  private LeakCheck leaks;
  private Child child;
  private Server server;

  @BeforeEach
  void remember() {
    ACCESS.setLevel(Level.OFF);
    leaks = LeakCheck.before();
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdown(Duration.ZERO);
    child.end();
    leaks.assertNoneLeaked();
    ACCESS.setLevel(null);
  }

  private void serve(OutputStream echo, String... command) throws CliException, IOException {
    child = Child.start(List.of(command), echo);
    server =
        Server.start(
            ServerOptions.defaults().withPort(0),
            new TranscriptHandler(child, "text/x-log; charset=utf-8"));
  }

  @Test
  void all_get_every_byte_in_time_from_the_first_on_whenever_they_come_and_however_slow()
      throws Exception {
    Path second = directory.resolve("second");
    var echo = new ByteArrayOutputStream();
    serve(echo, "sh", "-c", IN_TWO_HALVES, second.toString());
    try (Viewer slow = Viewer.of(server.url());
        Viewer early = Viewer.of(server.url())) {
      assertEquals(FIRST_HALF, early.until("\n100000\n"), "while the command runs");
      try (Viewer late = Viewer.of(server.url())) {
        assertEquals(FIRST_HALF, late.until("\n100000\n"), "from its first byte");
        Files.createFile(second);
        assertWhole(late, "0");
      }
      assertWhole(early, "0");
      assertEquals(0, child.awaitEnd());
      assertWhole(slow, "0");
    }
    try (Viewer afterTheEnd = Viewer.of(server.url())) {
      assertWhole(afterTheEnd, "0");
    }
    assertEquals(ALL, echo.toString(StandardCharsets.UTF_8), "the echo");
  }

  private static void assertWhole(Viewer viewer, String status) throws IOException {
    assertEquals(ALL, viewer.wholeBody());
    assertEquals(status, viewer.exitStatus());
  }

  @Test
  void a_short_line_arrives_while_the_command_runs_on() throws Exception {
    Path second = directory.resolve("second");
    serve(
        OutputStream.nullOutputStream(),
        "sh",
        "-c",
        "echo one; until [ -e \"$0\" ]; do sleep 0.01; done; echo two",
        second.toString());
    try (Viewer viewer = Viewer.of(server.url())) {
      assertEquals("one\n", viewer.until("\n"));
      Files.createFile(second);
      assertEquals("one\ntwo\n", viewer.wholeBody());
    }
  }

  @Test
  void one_that_goes_disturbs_neither_the_command_nor_another_viewer() throws Exception {
    Path second = directory.resolve("second");
    serve(OutputStream.nullOutputStream(), "sh", "-c", IN_TWO_HALVES, second.toString());
    try (Viewer stays = Viewer.of(server.url())) {
      Viewer goesWithMuchUnread = Viewer.of(server.url());
      Viewer goesWhileItWaits = Viewer.of(server.url());
      goesWhileItWaits.until("\n100000\n");
      goesWithMuchUnread.close();
      goesWhileItWaits.close();
      Files.createFile(second);
      assertWhole(stays, "0");
    }
  }

  @Test
  void an_echo_that_fails_does_not_disturb_them() throws Exception {
    Path second = directory.resolve("second");
    var closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    serve(closed, "sh", "-c", IN_TWO_HALVES, second.toString());
    try (Viewer viewer = Viewer.of(server.url())) {
      viewer.until("\n100000\n");
      Files.createFile(second);
      assertWhole(viewer, "0");
    }
  }

  @ParameterizedTest
  @CsvSource({"exit 0,0", "exit 3,3", "kill -TERM $$,143", "kill -KILL $$,137"})
  void the_trailer_has_the_exit_status_and_128_more_than_a_signal(String last, String status)
      throws Exception {
    serve(OutputStream.nullOutputStream(), "sh", "-c", "echo out; echo err >&2; " + last);
    try (Viewer viewer = Viewer.of(server.url())) {
      assertTrue(viewer.head().contains("Trailer: Sluice-Exit-Status\r\n"), viewer.head());
      assertTrue(
          viewer.head().contains("Content-Type: text/x-log; charset=utf-8\r\n"), viewer.head());
      assertEquals("out\nerr\n", viewer.wholeBody(), "both outputs, in order");
      assertEquals(status, viewer.exitStatus());
    }
  }

  @Test
  void a_silent_command_has_a_head_at_once_and_an_end() throws Exception {
    Path second = directory.resolve("second");
    serve(
        OutputStream.nullOutputStream(),
        "sh",
        "-c",
        "until [ -e \"$0\" ]; do sleep 0.01; done",
        second.toString());
    try (Viewer viewer = Viewer.of(server.url())) {
      Files.createFile(second);
      assertEquals("", viewer.wholeBody());
      assertEquals("0", viewer.exitStatus());
    }
  }

  private static String numbersUpTo(int last) {
    return IntStream.rangeClosed(1, last)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
