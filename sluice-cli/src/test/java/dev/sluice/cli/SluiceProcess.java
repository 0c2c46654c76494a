package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A {@code sluice} of its own JVM. It is ended by force after 150 seconds, so that no read of its
 * output waits for ever.
 *
 * <p>Thread safety: none.
 */
final class SluiceProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 150;
  private static final Pattern URL = Pattern.compile("sluice: (https?://\\S+).*");

  private final Process process;
  private final Marker marker;
  private final BufferedReader err;
  private final List<String> said = new ArrayList<>();

  private SluiceProcess(Process process, Marker marker) {
    this.process = process;
    this.marker = marker;
    this.err = process.errorReader();
    Executor later = CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    var _ = CompletableFuture.runAsync(process::destroyForcibly, later);
  }

  /** {@code sluice run} on a port of its own; its standard output goes nowhere. */
  static SluiceProcess run(String... args) throws IOException {
    String[] all =
        Stream.concat(Stream.of("run", "--listen", "0"), Stream.of(args)).toArray(String[]::new);
    return start(Redirect.DISCARD, all);
  }

  /** {@code sluice run} of a script. */
  static SluiceProcess runScript(String script) throws IOException {
    return run("--", "sh", "-c", script);
  }

  /** Starts one; its standard output can be read. */
  static SluiceProcess start(String... args) throws IOException {
    return start(Redirect.PIPE, args);
  }

  /** Starts one; its standard output goes where it is told to. */
  static SluiceProcess start(Redirect out, String... args) throws IOException {
    return startWith(List.of(), out, args);
  }

  /** Starts one with options of the JVM. */
  static SluiceProcess startWith(List<String> options, Redirect out, String... args)
      throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Stream<String> main =
        Stream.of(
            java,
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.sluice.cli.Main");
    List<String> command = new ArrayList<>(Stream.concat(main, Arrays.stream(args)).toList());
    command.addAll(1, options);
    var builder = new ProcessBuilder(command).redirectOutput(out);
    // With these, a JVM prints a line of its own.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Marker marker = Marker.random();
    builder.environment().put(Marker.VARIABLE, marker.value());
    return new SluiceProcess(builder.start(), marker);
  }

  /** Waits for the line that says where it is to be seen. */
  URI awaitUrl() throws IOException {
    return URI.create(awaitLine(URL).group(1));
  }

  /** Waits for the line that says that the command has ended. */
  void awaitCommandEnd() throws IOException {
    awaitLine(Pattern.compile("sluice: \\S+ (ended with|was ended by) .*"));
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

  /** Waits for its end; returns its exit status. */
  int awaitStatus() throws IOException, InterruptedException {
    awaitEnd();
    return process.exitValue();
  }

  /** Writes a line to its standard input, which is the command's: {@code read go} waits for it. */
  void go() throws IOException {
    process.getOutputStream().write("go\n".getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
  }

  /** Sends a signal, like {@code TERM}. */
  void signal(String name) throws IOException, InterruptedException {
    assertTrue(process.isAlive(), "it has ended before " + name);
    String pid = Long.toString(process.pid());
    int status = new ProcessBuilder("kill", "-s", name, "--", pid).inheritIO().start().waitFor();
    if (status != 0) {
      fail("kill ended with " + status);
    }
  }

  Process process() {
    return process;
  }

  /** What its processes can be found by. */
  Marker marker() {
    return marker;
  }

  /** Ends it by force; nothing that it started may be left. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    try {
      marker.awaitNone();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted; left behind: " + marker.alive(), e);
    }
  }
}
