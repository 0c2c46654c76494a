package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sluice run} as a process of its own. */
final class RunTest {
  @TempDir private Path directory;

  @Test
  void the_url_that_it_prints_is_one_for_cat() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.run("--", "seq", "1", "5")) {
      Ended ended = Ended.run("cat", sluice.awaitUrl().toString());
      assertEquals("1\n2\n3\n4\n5\n", ended.out());
      assertEquals(0, ended.status());
    }
  }

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
      sluice.awaitLine(
          Pattern.compile(
              "sluice: seq ended with status 0 after \\d+\\.\\d s; [01] viewers? now;"
                  + " all of it stays at "
                  + url
                  + " until Ctrl-C"));
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

  @Test
  void both_outputs_are_shown_apart_and_what_sluice_says_has_its_name() throws Exception {
    try (SluiceProcess sluice =
        SluiceProcess.start(
            "run", "--listen", "0", "--", "sh", "-c", "echo out; echo err >&2; exit 3")) {
      URI url = sluice.awaitUrl();
      assertEquals("out", sluice.process().inputReader().readLine());
      sluice.awaitCommandEnd();
      sluice.signal("TERM");
      List<String> said = sluice.awaitEnd();
      assertEquals("sluice: " + url + " (curl -N, or a browser)", said.getFirst());
      assertEquals(List.of("err"), said.stream().filter(it -> !it.startsWith("sluice: ")).toList());
      assertEquals(3, said.size(), said.toString());
      assertNull(sluice.process().inputReader().readLine());
    }
  }

  @Test
  void a_closed_standard_output_stops_neither_the_command_nor_the_viewers() throws Exception {
    try (SluiceProcess sluice =
            SluiceProcess.start(
                "run",
                "--listen",
                "0",
                "--",
                "sh",
                "-c",
                "echo one; read go; seq 2 20000; exit 3");
        Viewer viewer = Viewer.of(sluice.awaitUrl())) {
      assertEquals("one", sluice.process().inputReader().readLine());
      sluice.process().getInputStream().close();
      sluice.go();
      assertTrue(viewer.wholeBody().endsWith("\n20000\n"));
      assertEquals("3", viewer.exitStatus());
      sluice.awaitLine(Pattern.compile("sluice: sh ended with status 3 .*"));
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
    String port = Integer.toString(Ports.free());
    Path out = directory.resolve("out");
    try (SluiceProcess sluice =
        SluiceProcess.start(
            Redirect.to(out.toFile()), "run", "--quiet", "--listen", port, "--", "echo", "hi")) {
      try (Viewer viewer = whenListening(sluice, URI.create("http://127.0.0.1:" + port + "/"))) {
        assertEquals("hi\n", viewer.wholeBody());
        assertEquals("0", viewer.exitStatus());
      }
      while (Files.size(out) == 0) { // which a thread of its own writes
        assertTrue(sluice.process().isAlive(), "it ended, and has shown nothing");
        Thread.sleep(5);
      }
      sluice.signal("TERM");
      assertEquals(List.of(), sluice.awaitEnd());
      assertEquals("hi\n", Files.readString(out));
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
