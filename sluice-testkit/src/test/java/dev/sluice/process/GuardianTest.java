package dev.sluice.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command does not outlive its JVM, however that ends. */
@Timeout(180)
final class GuardianTest {
  private static final String PRINT_COOKIE = "echo ${SLUICE_COMMAND_ID##*:}; ";

  @RegisterExtension final CommandWatch watch = new CommandWatch();

  private final Recorder recorder = new Recorder();
  private final String seconds = Processes.uniqueSeconds();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sleep SECONDS",
        "sleep SECONDS & wait",
        "(setsid sleep SECONDS &); sleep 1000",
        "env -i sleep SECONDS",
        "trap '' HUP INT TERM; sleep SECONDS",
        "yes & sleep SECONDS",
      })
  void nothing_is_left_behind_by_a_jvm_that_is_killed(String script) throws Exception {
    Process jvm = startJvm(List.of(), PRINT_COOKIE + script.replace("SECONDS", seconds));
    try (BufferedReader lines = jvm.inputReader()) {
      String cookie = lines.readLine();
      Processes.awaitOne("sleep\0" + seconds);
      Processes.awaitOne("sluice-guardian\0" + cookie);
      assertTrue(jvm.isAlive(), "the JVM has ended before it was killed");
      jvm.destroyForcibly().waitFor();
      Processes.awaitNone(seconds);
      Processes.awaitNone(cookie);
      Processes.awaitNone(watch.marker());
    }
  }

  @Test
  void a_command_whose_jvm_is_killed_may_end_in_its_own_way(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("cleaned");
    String script =
        // No fork once it is ready: dash can lose a signal that comes while it forks.
        "trap 'echo up >%s; exit' TERM; sleep 60 & echo ready; wait".formatted(file);
    Process jvm = startJvm(List.of(), script);
    try (BufferedReader lines = jvm.inputReader()) {
      assertEquals("ready", lines.readLine());
      jvm.destroyForcibly().waitFor();
      Processes.await("not cleaned up", () -> Files.exists(file));
      Processes.awaitNone(watch.marker());
    }
  }

  @Test
  void nothing_is_left_behind_by_a_jvm_that_exits() throws Exception {
    Process jvm = startJvm(List.of(), PRINT_COOKIE + "sleep " + seconds);
    try (BufferedReader lines = jvm.inputReader()) {
      String cookie = lines.readLine();
      jvm.destroy();
      Processes.awaitNone(seconds);
      Processes.awaitNone(cookie);
    }
  }

  /** The JDK sees to it when the environment is first looked at, as each command's start does. */
  @Test
  void a_jvm_that_was_told_to_ignore_its_children_still_knows_how_they_end() throws Exception {
    Process jvm = startJvm(List.of("env", "--ignore-signal=CHLD"), "exit 3");
    try (BufferedReader lines = jvm.inputReader()) {
      assertEquals("Exit[status=3, signal=null]", lines.readLine());
      assertTrue(jvm.waitFor(60, TimeUnit.SECONDS));
    }
  }

  private Process startJvm(List<String> before, String script) throws Exception {
    List<String> arguments = new ArrayList<>(before);
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    arguments.add(java.toString());
    arguments.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    arguments.addAll(List.of("-cp", home(Command.class) + ":" + home(GuardedMain.class)));
    arguments.addAll(List.of(GuardedMain.class.getName(), script));
    ProcessBuilder builder = new ProcessBuilder(arguments);
    builder.environment().put("SLUICE_TEST", watch.marker());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static Path home(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @Test
  void the_guardian_has_a_session_of_its_own_and_no_file_of_ours() throws Exception {
    Command command = watch.start(recorder, "sh", "-c", PRINT_COOKIE + "sleep " + seconds);
    recorder.awaitOut("\n");
    long guardian = Processes.awaitOne("sluice-guardian\0" + recorder.out().strip());
    String[] stat = Processes.stat(guardian);
    assertEquals(Long.toString(guardian), stat[3], "session");
    assertEquals("0", stat[4], "terminal");
    assertNotEquals(command.pid(), guardian);
    List<String> files = openFiles(guardian);
    assertTrue(files.getFirst().startsWith("0 pipe:"), files.toString());
    assertEquals(List.of("1 /dev/null", "2 /dev/null"), files.subList(1, files.size()));
    command.end();
    assertEquals(List.of(), Processes.alive("sluice-guardian\0" + recorder.out().strip()));
  }

  @Test
  void the_guardian_leaves_when_the_command_has_ended_by_itself() throws Exception {
    watch.run(recorder, PRINT_COOKIE + "exit 3");
    Processes.awaitNone(recorder.out().strip());
  }

  @Test
  void a_guardian_that_is_killed_is_not_missed() throws Exception {
    Command command = watch.start(recorder, "sh", "-c", PRINT_COOKIE + "exec sleep " + seconds);
    recorder.awaitOut("\n");
    Processes.awaitOne("sleep\0" + seconds);
    Processes.kill(Processes.awaitOne("sluice-guardian\0" + recorder.out().strip()));
    assertEquals(new Exit(130, "INT"), command.end());
  }

  @Test
  void a_command_inside_a_command_is_found_by_both_cookies() throws Exception {
    CommandOptions outer = watch.options().withVariable(Family.VARIABLE, "outer-cookie");
    watch.start(outer, recorder, "sh", "-c", "echo $SLUICE_COMMAND_ID").awaitOutput();
    assertTrue(recorder.out().startsWith("outer-cookie:"), recorder.out());
  }

  private static List<String> openFiles(long process) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process), "fd"))) {
      List<String> names = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        names.add(file.getFileName() + " " + Files.readSymbolicLink(file));
      }
      return names;
    }
  }
}
