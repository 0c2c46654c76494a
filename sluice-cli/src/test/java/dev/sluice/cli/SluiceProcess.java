package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A {@code sluice} of its own JVM. It is ended by force after 30 seconds, so that no read of its
 * output waits for ever.
 *
 * <p>Thread safety: none.
 */
final class SluiceProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;
  private static final Pattern CURL = Pattern.compile("sluice: curl -N (http://\\S+)");

  private final Process process;
  private final BufferedReader err;
  private final List<String> said = new ArrayList<>();

  private SluiceProcess(Process process) {
    this.process = process;
    this.err = process.errorReader();
    Executor later = CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    var _ = CompletableFuture.runAsync(process::destroyForcibly, later);
  }

  /** Starts one; its standard output can be read. */
  static SluiceProcess start(String... args) throws IOException {
    return start(Redirect.PIPE, args);
  }

  /** Starts one; its standard output goes where it is told to. */
  static SluiceProcess start(Redirect out, String... args) throws IOException {
    return start(Stream.of(), out, args);
  }

  /** Starts one in a process group of its own, as a shell does; it prints nothing. */
  static SluiceProcess startInGroup(String... args) throws IOException {
    return start(Stream.of("setsid"), Redirect.DISCARD, args);
  }

  private static SluiceProcess start(Stream<String> by, Redirect out, String... args)
      throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Stream<String> main =
        Stream.of(
            java,
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.sluice.cli.Main");
    List<String> command =
        Stream.of(by, main, Arrays.stream(args)).flatMap(Function.identity()).toList();
    var builder = new ProcessBuilder(command).redirectOutput(out);
    // With these, a JVM prints a line of its own.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return new SluiceProcess(builder.start());
  }

  /** Waits for the line that says where it is to be seen. */
  URI awaitUrl() throws IOException {
    return URI.create(awaitLine(CURL).group(1));
  }

  /** Reads standard error until a line matches. */
  Matcher awaitLine(Pattern pattern) throws IOException {
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      said.add(line);
      Matcher matcher = pattern.matcher(line);
      if (matcher.matches()) {
        return matcher;
      }
    }
    return fail("it ended and never said " + pattern + ", but " + said);
  }

  /** Waits for its end; returns all that it said on standard error. */
  List<String> awaitEnd() throws IOException, InterruptedException {
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      said.add(line);
    }
    process.waitFor();
    return List.copyOf(said);
  }

  /** Sends a signal, like {@code TERM}. */
  void signal(String name) throws IOException, InterruptedException {
    kill(name, Long.toString(process.pid()));
  }

  /** Sends a signal to it and its command, as Ctrl-C does. */
  void signalGroup(String name) throws IOException, InterruptedException {
    kill(name, "-" + process.pid());
  }

  private static void kill(String name, String target) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-s", name, "--", target).inheritIO().start().waitFor();
    if (status != 0) {
      fail("kill ended with " + status);
    }
  }

  Process process() {
    return process;
  }

  /** Ends it by force, and the command that it may have left. */
  @Override
  public void close() {
    List<ProcessHandle> family = process.descendants().toList();
    process.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }
}
