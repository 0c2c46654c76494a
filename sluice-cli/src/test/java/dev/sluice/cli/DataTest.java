package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice run --data}, and directories that cannot be used. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class DataTest {
  @TempDir private Path directory;

  private SluiceProcess run(String... command) throws Exception {
    String[] all = {"--data", data().toString(), "--name", "work", "--", "sh", "-c", command[0]};
    return SluiceProcess.run(all);
  }

  private Path data() {
    return directory.resolve("data");
  }

  @Test
  void a_run_of_the_same_name_gets_a_number_and_the_old_one_is_beside_it() throws Exception {
    try (SluiceProcess first = run("echo one; exit 3")) {
      assertEquals("/work", first.awaitUrl().getPath());
      first.awaitLine(
          Pattern.compile(
              "sluice: sh ended with status 3 after .*; all of it stays at http://\\S+/work until"
                  + " Ctrl-C, and in .*/data"));
      first.signal("TERM");
      assertEquals(3, first.awaitStatus());
    }
    try (SluiceProcess second = run("echo two")) {
      second.awaitLine(Pattern.compile("sluice: there is a work already, so this is work-2"));
      URI url = second.awaitUrl();
      assertEquals("/work-2", url.getPath());
      assertHolds("two\n", "0", url);
      assertHolds("one\n", "3", url.resolve("/work"));
      String list = Viewer.answer(url.resolve("/"));
      assertTrue(list.contains("/work\n") && list.contains("/work-2\n"), list);
    }
  }

  private static void assertHolds(String text, String status, URI url) throws Exception {
    try (Viewer viewer = Viewer.of(url)) {
      assertEquals(text, viewer.wholeBody());
      assertEquals(status, viewer.exitStatus());
    }
  }

  @Test
  void one_that_was_killed_is_closed_by_the_next_as_one_whose_command_was_killed()
      throws Exception {
    try (SluiceProcess first = run("echo one; sleep 1000")) {
      try (Viewer viewer = Viewer.of(first.awaitUrl())) {
        viewer.until("one\n");
      }
    }
    try (SluiceProcess second = run("echo two")) {
      assertHolds("one\n", "137", second.awaitUrl().resolve("/work"));
    }
  }

  @Test
  void and_so_it_is_by_serve_which_leaves_those_alone_that_it_made_itself() throws Exception {
    try (SluiceProcess first = run("echo one; sleep 1000")) {
      try (Viewer viewer = Viewer.of(first.awaitUrl())) {
        viewer.until("one\n");
      }
    }
    String[] serve = {"serve", "--listen", "0", "--no-fsync", "--data", data().toString()};
    try (SluiceProcess second = SluiceProcess.start(serve)) {
      URI url = second.awaitUrl();
      assertHolds("one\n", "137", url.resolve("/work"));
      Ended.withInput("one\n", "append", url + "log").assertQuietlyDone();
    }
    try (SluiceProcess third = SluiceProcess.start(serve)) {
      URI url = third.awaitUrl();
      assertHolds("one\n", "137", url.resolve("/work"));
      Ended.withInput("two\n", "append", "--close", url + "log").assertQuietlyDone();
      try (Viewer viewer = Viewer.of(url.resolve("/log"))) {
        assertEquals("one\ntwo\n", viewer.wholeBody());
      }
    }
  }

  @Test
  void a_command_that_does_not_start_leaves_no_journal() throws Exception {
    String[] call = {"run", "--listen", "0", "--data", data().toString(), "--", "no-such-command"};
    assertEquals(127, Cli.run(call).status());
    assertEquals(List.of(), list(data().resolve("journals")));
  }

  private static List<Path> list(Path of) throws Exception {
    try (var files = Files.list(of)) {
      return files.toList();
    }
  }

  @Test
  void a_run_cannot_be_appended_to() throws Exception {
    try (SluiceProcess sluice = run("echo one; sleep 1000")) {
      String url = sluice.awaitUrl().toString();
      Ended.withInput("two\n", "append", url)
          .assertFailed(url + ": takes no appends; sluice serve does, at http://HOST:PORT/NAME");
    }
  }

  @Test
  void a_directory_that_is_in_use_is_refused_before_the_command_starts() throws Exception {
    Path started = directory.resolve("started");
    try (SluiceProcess first = run("echo one; sleep 1000")) {
      first.awaitUrl();
      try (SluiceProcess second = run("touch " + started)) {
        List<String> said = second.awaitEnd();
        assertEquals(1, said.size(), said::toString);
        assertTrue(
            said.getFirst().contains(first.process().pid() + " has it open"), said::toString);
        assertEquals(1, second.process().exitValue());
      }
    }
    assertTrue(Files.notExists(started));
  }

  @Test
  void a_directory_of_a_newer_version_is_refused() throws Exception {
    try (SluiceProcess first = run("true")) {
      first.awaitUrl();
    }
    Files.writeString(data().resolve("format"), "sluice data 99\n");
    assertRefused("a newer Sluice wrote it", data());
  }

  @Test
  void what_is_no_directory_or_anothers_is_refused() throws Exception {
    assertRefused("is not a directory", Files.writeString(directory.resolve("file"), "x"));
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("notes"), "x");
    assertRefused("it holds other files", other);
  }

  private static void assertRefused(String why, Path directory) {
    Cli ended = Cli.run("serve", "--listen", "0", "--data", directory.toString());
    assertEquals(1, ended.status(), ended.err());
    assertEquals(1, ended.err().lines().count(), ended.err());
    assertTrue(ended.err().startsWith("sluice: data directory " + directory + ": "), ended.err());
    assertTrue(ended.err().contains(why), ended.err());
    assertTrue(ended.err().contains("; "), ended.err());
  }

  @Test
  void a_long_output_without_data_leaves_no_file_with_a_name() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    Path out = directory.resolve("out");
    try (SluiceProcess sluice =
        SluiceProcess.startWith(
            List.of("-Djava.io.tmpdir=" + temporary),
            Redirect.to(out.toFile()),
            "run",
            "--listen",
            "0",
            "--",
            "sh",
            "-c",
            "seq 10000000 19999999")) {
      URI url = sluice.awaitUrl();
      sluice.awaitCommandEnd();
      try (Viewer viewer = Viewer.of(url)) {
        var sum = new CRC32();
        sum.update(Files.readAllBytes(out));
        assertEquals(sum.getValue(), viewer.checksum());
      }
      assertEquals(List.of(), list(temporary));
    }
  }
}
