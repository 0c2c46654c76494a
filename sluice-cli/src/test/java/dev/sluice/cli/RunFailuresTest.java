package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sluice run} where it cannot: one line, and the status that a shell would give. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class RunFailuresTest {
  @TempDir private Path directory;

  @Test
  void a_command_that_is_not_found_is_127() {
    Cli ended = Cli.run("run", "--listen", "0", "--", "no-such-command-anywhere");
    assertFailed(
        127, "no-such-command-anywhere: command not found; check its name and PATH", ended);
  }

  @Test
  void and_so_is_a_path_that_leads_nowhere() {
    String path = directory.resolve("missing").toString();
    assertFailed(
        127,
        path + ": command not found; check its name",
        Cli.run("run", "--listen", "0", "--", path));
  }

  @Test
  void a_file_that_is_no_program_is_126() throws IOException {
    Path file = Files.writeString(directory.resolve("notes"), "not a program\n");
    assertFailed(
        126,
        file + ": found, but cannot be executed; check that it is a program and its permissions",
        Cli.run("run", "--listen", "0", "--", file.toString(), "argument"));
  }

  @Test
  void a_directory_is_126() {
    assertEquals(126, Cli.run("run", "--listen", "0", "--", directory.toString()).status());
  }

  @Test
  void a_busy_port_that_was_asked_for_fails_before_the_command_starts() throws IOException {
    Path started = directory.resolve("started");
    try (var busy = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String address = "127.0.0.1:" + busy.getLocalPort();
      Cli ended = Cli.run("run", "--listen", address, "--", "touch", started.toString());
      assertFailed(
          1,
          "--listen "
              + address
              + ": Address already in use; give another address or port, or port 0",
          ended);
    }
    assertFalse(Files.exists(started), "the command was not started");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "html", "text/", "text/html\r\nEvil: yes", "text/pl\u00e4in"})
  void a_type_that_is_none_fails_before_anything_starts(String type) {
    Cli ended = Cli.run("run", "--listen", "0", "--type", type, "--", "no-such-command-anywhere");
    assertFailed(
        2,
        "--type: '" + type.replace("\r\n", " ") + "' is no media type; write one like text/html",
        ended);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'a name is not empty, nor is a part of it between slashes'",
    "a//b, 'a name is not empty, nor is a part of it between slashes'",
    "a/, 'a name is not empty, nor is a part of it between slashes'",
    "-/x, a name does not begin with -",
    "., no part of a name is . or ..",
    "a/../b, no part of a name is . or ..",
    "a b, 'a name has letters, digits and . _ ~ - alone, in parts joined by /'",
    "a?b, 'a name has letters, digits and . _ ~ - alone, in parts joined by /'",
    "gr\u00f6sse, 'a name has letters, digits and . _ ~ - alone, in parts joined by /'",
  })
  void a_name_that_is_none_fails_before_anything_starts(String name, String reason) {
    Cli ended = Cli.run("run", "--listen", "0", "--name=" + name, "--", "no-such-command-anywhere");
    assertFailed(2, "--name '" + name + "': " + reason, ended);
  }

  @Test
  void a_name_has_255_bytes_at_most() {
    String name = "n".repeat(256);
    Cli ended = Cli.run("run", "--listen", "0", "--name", name, "--", "no-such-command-anywhere");
    assertFailed(2, "--name '" + name + "': a name has at most 255 bytes", ended);
    ended = Cli.run("run", "--listen", "0", "--name", name.substring(1), "--", "no-such-command");
    assertEquals(127, ended.status(), ended.err());
  }

  @Test
  void an_address_of_another_machine_fails_without_a_warning_of_what_it_exposes() {
    Cli ended = Cli.run("run", "--listen", "192.0.2.1:0", "--", "true");
    assertEquals(1, ended.status());
    assertEquals("", ended.out());
    assertTrue(ended.err().startsWith("sluice: --listen 192.0.2.1:0: "), ended.err());
    assertEquals(1, ended.err().lines().count(), ended.err());
  }

  @Test
  void quiet_does_not_silence_errors() {
    Cli ended = Cli.run("run", "--quiet", "--listen", "0", "--", "no-such-command-anywhere");
    assertFailed(
        127, "no-such-command-anywhere: command not found; check its name and PATH", ended);
  }

  private static void assertFailed(int status, String line, Cli ended) {
    assertEquals("sluice: " + line + "\n", ended.err());
    assertEquals("", ended.out());
    assertEquals(status, ended.status());
  }
}
