package dev.sluice.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command is started with, how it exits, and what cannot be started. */
@Timeout(180)
final class CommandStartTest {
  @RegisterExtension final CommandWatch watch = new CommandWatch();

  private final Recorder recorder = new Recorder();

  @TempDir private Path directory;

  @Test
  void the_status_is_the_commands_own() throws Exception {
    assertEquals(new Exit(3, null), watch.run(recorder, "exit 3"));
    assertEquals(new Exit(143, null), watch.run(recorder, "exit 143"));
    assertEquals(new Exit(255, null), watch.run(recorder, "exit 255"));
  }

  @Test
  void a_signal_that_ended_the_command_is_named() throws Exception {
    assertEquals(new Exit(143, "TERM"), watch.run(recorder, "kill -TERM $$"));
    assertEquals(new Exit(137, "KILL"), watch.run(recorder, "kill -KILL $$"));
    assertEquals(new Exit(139, "SEGV"), watch.run(recorder, "ulimit -c 0; kill -SEGV $$"));
  }

  @Test
  void a_signal_reaches_the_whole_group() throws Exception {
    String seconds = Processes.uniqueSeconds();
    Command command = watch.start(recorder, "sh", "-c", "sleep " + seconds + "; sleep " + seconds);
    Processes.await("not started", () -> Processes.alive("sleep\0" + seconds).size() == 1);
    assertTrue(command.signal(GroupSignal.HUP));
    assertEquals(new Exit(129, "HUP"), command.waitFor());
    command.awaitOutput();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-program-here", "/no/such/program", "./none", ""})
  void a_program_that_is_not_there_is_not_found(String name) {
    var e = assertThrows(ProgramNotFoundException.class, () -> watch.start(recorder, name));
    assertEquals(name, e.program());
    assertTrue(e.getMessage().startsWith(name + ": no such "), e.getMessage());
  }

  @Test
  void a_file_without_permission_is_not_executable() throws Exception {
    Path file = Files.writeString(directory.resolve("plain"), "#!/bin/sh\n");
    assertNotExecutable(file, "permission");
  }

  @Test
  void a_file_without_permission_on_path_is_not_executable() throws Exception {
    Files.writeString(directory.resolve("plain"), "#!/bin/sh\n");
    CommandOptions options = watch.options().withVariable("PATH", directory.toString());
    var e =
        assertThrows(
            ProgramNotExecutableException.class, () -> watch.start(options, recorder, "plain"));
    assertTrue(e.getMessage().contains("permission"), e.getMessage());
  }

  @Test
  void a_directory_is_not_executable() {
    assertNotExecutable(directory, "directory");
  }

  @Test
  void a_script_whose_interpreter_is_missing_is_not_executable() throws Exception {
    assertNotExecutable(executable("script", "#!/no/such/shell\n"), "interpreter");
  }

  @Test
  void a_program_of_another_system_is_not_executable() throws Exception {
    assertNotExecutable(executable("program", "MZ\0\0\0\n"), "neither a program");
  }

  private void assertNotExecutable(Path program, String why) {
    var e =
        assertThrows(
            ProgramNotExecutableException.class, () -> watch.start(recorder, program.toString()));
    assertEquals(program.toString(), e.program());
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void a_script_without_an_interpreter_is_the_shells() throws Exception {
    Path script = executable("script", "echo \"$1 and $2\"\n");
    watch.start(recorder, script.toString(), "a b", "c").awaitOutput();
    assertEquals("a b and c\n", recorder.out());
  }

  @Test
  void no_arguments_and_arguments_with_nul_are_misuse() {
    assertThrows(IllegalArgumentException.class, () -> watch.start(recorder));
    assertThrows(IllegalArgumentException.class, () -> watch.start(recorder, "echo", "a\0b"));
  }

  @Test
  void arguments_arrive_as_they_are() throws Exception {
    watch
        .start(recorder, "printf", "%s|", "a b", "", "*", "$HOME", "-n", "ä€𝄞", "line\nbreak")
        .awaitOutput();
    assertEquals("a b||*|$HOME|-n|ä€𝄞|line\nbreak|", recorder.out());
  }

  @Test
  void variables_are_added_to_those_of_this_process_or_replace_them() throws Exception {
    CommandOptions options =
        watch.options().withVariable("HOME", "/changed").withVariable("ADDED", "a=b ä");
    watch.start(options, recorder, "env").awaitOutput();
    List<String> lines = recorder.out().lines().toList();
    assertTrue(lines.contains("HOME=/changed"), recorder.out());
    assertTrue(lines.contains("ADDED=a=b ä"), recorder.out());
    assertTrue(lines.contains("PATH=" + System.getenv("PATH")), recorder.out());
    assertEquals(1, lines.stream().filter(line -> line.startsWith("HOME=")).count());
  }

  @Test
  void names_of_variables_are_checked() {
    for (String name : List.of("", "A=B", "A\0")) {
      assertThrows(IllegalArgumentException.class, () -> watch.options().withVariable(name, "x"));
    }
  }

  @Test
  void it_starts_in_its_directory_and_a_relative_program_is_seen_from_there() throws Exception {
    executable("here", "#!/bin/sh\npwd -P\n");
    CommandOptions options = watch.options().withDirectory(directory);
    watch.start(options, recorder, "./here").awaitOutput();
    assertEquals(directory.toRealPath() + "\n", recorder.out());
  }

  @Test
  void a_directory_that_is_not_there_is_an_error() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    CommandOptions missing = watch.options().withDirectory(directory.resolve("missing"));
    CommandOptions noDirectory = watch.options().withDirectory(file);
    assertThrows(NoSuchFileException.class, () -> watch.start(missing, recorder, "true"));
    assertThrows(NotDirectoryException.class, () -> watch.start(noDirectory, recorder, "true"));
  }

  @Test
  void without_standard_input_it_reads_the_end() throws Exception {
    Command command = watch.start(recorder, "cat");
    assertEquals(0, command.waitFor().status());
    assertThrows(IllegalStateException.class, command::input);
  }

  @Test
  void it_leads_a_session_and_a_group_and_has_no_signal_ignored_or_blocked() throws Exception {
    Command command = watch.start(recorder, "cat", "/proc/self/stat", "/proc/self/status");
    command.awaitOutput();
    List<String> lines = recorder.out().lines().toList();
    String[] stat = lines.getFirst().split(" ", -1);
    assertEquals(command.pid(), Long.parseLong(stat[4]), "group");
    assertEquals(command.pid(), Long.parseLong(stat[5]), "session");
    assertEquals("0", stat[6], "terminal");
    assertTrue(lines.contains("SigIgn:\t0000000000000000"), recorder.out());
    assertTrue(lines.contains("SigBlk:\t0000000000000000"), recorder.out());
  }

  @Test
  void it_inherits_no_other_file_of_this_process() throws Exception {
    try (var _ = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Pipe pipe = Pipe.open();
      watch.start(recorder, "ls", "/proc/self/fd").awaitOutput();
      pipe.source().close();
      pipe.sink().close();
    }
    assertEquals("0\n1\n2\n3\n", recorder.out(), "3 is the directory that ls reads");
  }

  @Test
  void pipes_are_closed_on_exec_by_whoever_starts_a_program() throws Exception {
    try (Descriptor.Pipe pipe = Descriptor.Pipe.open()) {
      for (Descriptor end : List.of(pipe.read(), pipe.write())) {
        String flags = Files.readString(Path.of("/proc/self/fdinfo/" + end.number()));
        long octal = Long.parseLong(flags.replaceAll("(?s).*flags:\\s*(\\d+).*", "$1"), 8);
        assertEquals(02000000, octal & 02000000, flags);
      }
    }
  }

  @Test
  void an_older_c_library_closes_each_file_of_this_process() throws Exception {
    Pipe jdk = Pipe.open();
    Path listing = directory.resolve("listing");
    try (Descriptor.Pipe ours = Descriptor.Pipe.open();
        Arena arena = Arena.ofConfined();
        Spawn spawn = new Spawn(false)) {
      spawn.giveFile(ours.write(), 1);
      List<String> arguments = List.of("sh", "-c", "ls /proc/self/fd >" + listing);
      var nothing = NativeStrings.array(arena, List.of("PATH=" + System.getenv("PATH")));
      Leader.reap(spawn.start(Path.of("/bin/sh"), arguments, nothing));
    }
    jdk.source().close();
    jdk.sink().close();
    assertEquals("0\n1\n2\n3\n", Files.readString(listing));
  }

  @Test
  void a_command_that_ended_needs_no_call_to_be_reaped() throws Exception {
    Command command = watch.start(recorder, "true");
    Path process = Path.of("/proc", Long.toString(command.pid()));
    Processes.await("not reaped: " + process, () -> Files.notExists(process));
    assertEquals(new Exit(0, null), command.waitFor());
  }

  @Test
  void a_command_that_ended_cannot_be_signalled() throws Exception {
    Command command = watch.start(recorder, "true");
    assertEquals(new Exit(0, null), command.waitFor());
    command.end();
    assertEquals(false, command.signal(GroupSignal.TERM));
    assertNull(command.waitFor().signal());
  }

  private Path executable(String name, String content) throws IOException {
    Path file = Files.writeString(directory.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
