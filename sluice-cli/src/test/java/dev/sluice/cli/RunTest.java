package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sluice run} as a process of its own. */
final class RunTest {
  private static final String SLEEPER = "echo $$; exec sleep 1000";

  @TempDir private Path directory;

  @Test
  void viewers_and_standard_output_get_what_the_command_says_and_a_foreign_host_gets_nothing()
      throws Exception {
    Path out = directory.resolve("out");
    try (SluiceProcess sluice =
        SluiceProcess.start(
            Redirect.to(out.toFile()), "run", "--listen", "0", "--", "seq", "1", "200000")) {
      URI url = sluice.awaitUrl();
      String all;
      try (Viewer viewer = Viewer.of(url)) {
        assertTrue(
            viewer.head().contains("Content-Type: text/plain; charset=utf-8\r\n"), viewer.head());
        all = viewer.wholeBody();
        assertEquals("0", viewer.exitStatus());
      }
      assertTrue(all.lines().map(Integer::parseInt).toList().equals(upTo(200_000)));
      sluice.awaitLine(Pattern.compile("sluice: seq ended with status 0; viewers get all of .*"));
      assertEquals(all, Files.readString(out));
      assertMisdirected(url);
      sluice.signal("TERM");
      sluice.awaitEnd();
      assertEquals(0, sluice.process().exitValue(), "the status of the command");
    }
  }

  private static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  /** As a web page would ask whose name was rebound to loopback. */
  private static void assertMisdirected(URI url) throws IOException {
    try (RawClient client = Viewer.connect(url)) {
      client.send(
          "GET / HTTP/1.1\r\nHost: evil.example:%d\r\nConnection: close\r\n\r\n"
              .formatted(url.getPort()));
      String answer = client.readToEnd();
      assertTrue(answer.startsWith("HTTP/1.1 421 "), answer);
      assertFalse(answer.contains("200000"), answer);
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM,143", "INT,143"})
  void a_signal_ends_the_command_and_the_viewers_get_a_clean_end(String signal, int status)
      throws Exception {
    assumeFalse(signal.equals("INT") && interruptIsIgnored(), "started in the background");
    try (SluiceProcess sluice =
        SluiceProcess.start(Redirect.DISCARD, "run", "--listen", "0", "--", "sh", "-c", SLEEPER)) {
      ProcessHandle command;
      try (Viewer viewer = Viewer.of(sluice.awaitUrl())) {
        command = processOf(viewer);
        sluice.signal(signal);
        viewer.wholeBody();
        assertEquals(Integer.toString(status), viewer.exitStatus());
      }
      sluice.awaitEnd();
      assertEquals(status, sluice.process().exitValue());
      command.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  @Tag("external")
  @Tag("needs-setsid")
  void ctrl_c_lets_the_command_end_in_its_own_way() throws Exception {
    assumeFalse(interruptIsIgnored(), "started in the background");
    String command = "trap 'echo bye; exit 5' INT; echo ready; while :; do sleep 0.01; done";
    try (SluiceProcess sluice =
        SluiceProcess.startInGroup("run", "--listen", "0", "--", "sh", "-c", command)) {
      try (Viewer viewer = Viewer.of(sluice.awaitUrl())) {
        viewer.until("ready\n");
        sluice.signalGroup("INT");
        assertEquals("ready\nbye\n", viewer.wholeBody());
        assertEquals("5", viewer.exitStatus());
      }
      sluice.awaitEnd();
      assertEquals(5, sluice.process().exitValue());
    }
  }

  /** Whose number the command has printed as its first line. */
  private static ProcessHandle processOf(Viewer viewer) throws IOException {
    return ProcessHandle.of(Long.parseLong(viewer.until("\n").strip())).orElseThrow();
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

  @Test
  void a_process_that_the_command_left_behind_does_not_keep_sluice_from_ending() throws Exception {
    String command = "(sleep 1000 & echo $!); exec sleep 1000";
    try (SluiceProcess sluice =
        SluiceProcess.start(Redirect.DISCARD, "run", "--listen", "0", "--", "sh", "-c", command)) {
      ProcessHandle orphan;
      try (Viewer viewer = Viewer.of(sluice.awaitUrl())) {
        orphan = processOf(viewer);
        try {
          sluice.signal("TERM");
          viewer.wholeBody();
          assertEquals("143", viewer.exitStatus());
        } finally {
          orphan.destroyForcibly();
        }
      }
      sluice.awaitEnd();
      assertEquals(143, sluice.process().exitValue());
    }
  }

  @Test
  void a_closed_standard_output_stops_neither_the_command_nor_the_viewers() throws Exception {
    Path closed = directory.resolve("closed");
    try (SluiceProcess sluice =
            SluiceProcess.start(
                "run",
                "--listen",
                "0",
                "--",
                "sh",
                "-c",
                "echo one; until [ -e \"$0\" ]; do sleep 0.01; done; seq 2 20000; exit 3",
                closed.toString());
        Viewer viewer = Viewer.of(sluice.awaitUrl())) {
      assertEquals("one", sluice.process().inputReader().readLine());
      sluice.process().getInputStream().close();
      Files.createFile(closed);
      assertTrue(viewer.wholeBody().endsWith("\n20000\n"));
      assertEquals("3", viewer.exitStatus());
      sluice.awaitLine(Pattern.compile("sluice: sh ended with status 3; .*"));
    }
  }

  @Test
  void where_the_default_port_is_busy_the_next_free_one_is_taken_and_said() throws Exception {
    try (ServerSocket _ = occupyDefaultPort();
        SluiceProcess sluice = SluiceProcess.start(Redirect.DISCARD, "run", "--", "echo", "here")) {
      String port =
          sluice
              .awaitLine(Pattern.compile("sluice: port 8080 is busy, so this is on (\\d+)"))
              .group(1);
      URI url = sluice.awaitUrl();
      assertEquals("http://127.0.0.1:" + port + "/", url.toString());
      try (Viewer viewer = Viewer.of(url)) {
        assertEquals("here\n", viewer.wholeBody());
      }
    }
  }

  /** If another program has it, that will do. */
  private static ServerSocket occupyDefaultPort() throws IOException {
    try {
      return new ServerSocket(8080, 1, InetAddress.ofLiteral("127.0.0.1"));
    } catch (BindException e) {
      return null;
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.2:0", "[::1]:0"})
  void what_it_prints_is_what_it_answers(String listen) throws Exception {
    try (SluiceProcess sluice =
            SluiceProcess.start(Redirect.DISCARD, "run", "--listen", listen, "--", "echo", "hi");
        Viewer viewer = Viewer.of(sluice.awaitUrl())) {
      assertEquals("hi\n", viewer.wholeBody());
    }
  }

  @Test
  void quiet_is_quiet() throws Exception {
    String port = Integer.toString(freePort());
    Path out = directory.resolve("out");
    try (SluiceProcess sluice =
        SluiceProcess.start(
            Redirect.to(out.toFile()), "run", "--quiet", "--listen", port, "--", "echo", "hi")) {
      try (Viewer viewer = whenListening(sluice, URI.create("http://127.0.0.1:" + port + "/"))) {
        assertEquals("hi\n", viewer.wholeBody());
        assertEquals("0", viewer.exitStatus());
      }
      sluice.signal("TERM");
      assertEquals(List.of(), sluice.awaitEnd());
      assertEquals("hi\n", Files.readString(out));
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  /** It does not say when it listens, so this asks until it is answered. */
  private static Viewer whenListening(SluiceProcess sluice, URI url) throws Exception {
    while (true) {
      try {
        return Viewer.of(url);
      } catch (IOException e) {
        assertTrue(sluice.process().isAlive(), "it ended, and never listened");
        Thread.sleep(20);
      }
    }
  }
}
