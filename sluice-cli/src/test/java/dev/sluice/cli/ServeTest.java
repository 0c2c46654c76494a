package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice serve}, with {@code append} and {@code cat}: processes of their own. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class ServeTest {
  private static final int WRITERS = 8;
  private static final int LINES = 20_000;

  @TempDir private Path directory;

  private SluiceProcess serve(String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of("serve", "--listen", "0"));
    args.addAll(List.of(more));
    return SluiceProcess.start(args.toArray(String[]::new));
  }

  private SluiceProcess serveData(String listen) throws IOException {
    return SluiceProcess.start("serve", "--listen", listen, "--data", data());
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  @Test
  void a_real_file_goes_in_and_comes_out() throws Exception {
    Path file = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
    Path copy = directory.resolve("copy");
    try (SluiceProcess serve = serve()) {
      String url = serve.awaitUrl().resolve("/some/file").toString();
      Ended.withInput("", "append", "--type", "application/x-sharedlib", url).assertQuietlyDone();
      try (SluiceProcess cat = SluiceProcess.start(Redirect.to(copy.toFile()), "cat", url);
          SluiceProcess append = SluiceProcess.start("append", "--close", url)) {
        Files.copy(file, append.process().getOutputStream());
        append.process().getOutputStream().close();
        assertEquals(0, append.awaitStatus());
        assertEquals(0, cat.awaitStatus());
      }
      assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(copy));
      try (Viewer viewer = Viewer.of(URI.create(url))) {
        assertEquals("application/x-sharedlib", viewer.header("Content-Type"));
      }
    }
  }

  @Test
  void journals_in_memory_are_said_to_end_and_a_signal_ends_them_cleanly() throws Exception {
    try (SluiceProcess serve = serve()) {
      serve.awaitLine(
          Pattern.compile(
              "sluice: http://127.0.0.1:\\d+/"
                  + " \\(journals in memory, which end with this; --data DIR keeps them\\)"));
      serve.signal("TERM");
      assertEquals(0, serve.awaitStatus());
    }
  }

  @Test
  void what_was_appended_is_there_after_a_restart_and_appends_go_on() throws Exception {
    try (SluiceProcess serve = serveData("0")) {
      String url = serve.awaitLine(journals("0 journals")).group(1);
      Ended.withInput("one\n", "append", url + "log").assertQuietlyDone();
      serve.signal("TERM");
      assertEquals(0, serve.awaitStatus());
    }
    try (SluiceProcess serve = serveData("0")) {
      String url = serve.awaitLine(journals("1 journal")).group(1);
      Ended.withInput("two\n", "append", "--close", url + "log").assertQuietlyDone();
      Ended all = Ended.run("cat", url + "log");
      all.assertQuietlyDone();
      assertEquals("one\ntwo\n", all.out());
      Ended.withInput("three\n", "append", url + "log")
          .assertFailed(url + "log: is closed; append to another name");
      Ended.withInput("three\n", "append", "--type", "text/html", url + "log")
          .assertFailed(url + "log: is closed; append to another name");
    }
  }

  private Pattern journals(String count) {
    return Pattern.compile("sluice: (http://\\S+) \\(" + count + " in .*/data\\)");
  }

  @Test
  void
      the_lines_of_writers_at_the_same_time_are_whole_and_there_once_also_when_the_server_is_killed()
          throws Exception {
    String listen = "127.0.0.1:" + Ports.free();
    try (SluiceProcess first = serveData(listen)) {
      URI url = first.awaitUrl().resolve("/log");
      Ended.withInput("begin\n", "append", url.toString()).assertQuietlyDone();
      Path out = directory.resolve("out");
      List<SluiceProcess> writers = new ArrayList<>();
      try (SluiceProcess cat =
          SluiceProcess.start(Redirect.to(out.toFile()), "cat", url.toString())) {
        for (int i = 0; i < WRITERS; i++) {
          writers.add(SluiceProcess.start("append", url.toString()));
          write(0, LINES / 2, i, writers.get(i));
        }
        first.process().destroyForcibly().onExit().join();
        try (SluiceProcess second = serveData(listen)) {
          second.awaitUrl();
          for (int i = 0; i < WRITERS; i++) {
            write(LINES / 2, LINES, i, writers.get(i));
            writers.get(i).process().getOutputStream().close();
          }
          for (SluiceProcess writer : writers) {
            assertEquals(0, writer.awaitStatus());
          }
          Ended.withInput("end\n", "append", "--close", url.toString()).assertQuietlyDone();
          assertEquals(0, cat.awaitStatus());
        }
      } finally {
        writers.forEach(SluiceProcess::close);
      }
      assertLines(Files.readAllLines(out));
    }
  }

  private static void write(int from, int to, int writer, SluiceProcess append) throws IOException {
    byte[] lines =
        IntStream.range(from, to)
            .mapToObj(line -> writer + " " + line + "\n")
            .collect(Collectors.joining())
            .getBytes(StandardCharsets.US_ASCII);
    append.process().getOutputStream().write(lines);
    append.process().getOutputStream().flush();
  }

  private static void assertLines(List<String> lines) {
    assertEquals("begin", lines.getFirst());
    assertEquals("end", lines.getLast());
    assertEquals(2 + WRITERS * LINES, lines.size());
    int[] next = new int[WRITERS];
    for (String line : lines.subList(1, lines.size() - 1)) {
      int writer = line.charAt(0) - '0';
      assertEquals(writer + " " + next[writer]++, line);
    }
  }

  @Test
  void limits_are_those_of_the_call() throws Exception {
    try (SluiceProcess serve = serve("--journals-max", "1", "--record-bytes-max", "10")) {
      String url = serve.awaitUrl().toString();
      Ended.withInput("short\n", "append", url + "log").assertQuietlyDone();
      Ended many = Ended.withInput("short\n", "append", url + "other");
      assertTrue(many.err().getFirst().contains("one too many"), many::toString);
      assertEquals(1, many.status());
      Ended large = Ended.withInput("longer than that\n", "append", url + "log");
      assertTrue(large.err().getFirst().contains("10"), large::toString);
      assertEquals(1, large.status());
    }
  }

  @Test
  void what_is_no_longer_kept_is_told_to_cat() throws Exception {
    try (SluiceProcess serve = serve("--keep", "1K")) {
      String url = serve.awaitUrl() + "log";
      Ended.withInput("line\n".repeat(1_000_000), "append", "--close", url).assertQuietlyDone();
      Ended refused = Ended.run("cat", url);
      String told = refused.err().getFirst();
      assertTrue(told.contains(" are no longer kept; --from "), refused::toString);
      String from = told.replaceAll(".*--from (\\S+) .*", "$1");
      Ended rest = Ended.run("cat", "--from", from, url);
      rest.assertQuietlyDone();
      assertTrue(rest.out().length() >= 1024 && rest.out().endsWith("line\n"));
    }
  }
}
