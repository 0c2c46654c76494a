package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code sluice serve} of a JVM of its own, which starts quickly. Unlike {@link SluiceProcess} it
 * goes on until it is closed.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
final class ServeProcess implements AutoCloseable {
  private static final Pattern URL = Pattern.compile("sluice: (http://\\S+).*");

  private final Process process;
  private final List<String> said = Collections.synchronizedList(new ArrayList<>());
  private final URI url;

  /** Of this server alone: one that had another before might still take its connection for this. */
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ServeProcess(Process process) throws IOException, InterruptedException {
    this.process = process;
    var found = new FutureTask<>(this::findUrl);
    // It also reads what comes after that, so that the process never waits for a reader.
    Thread.ofVirtual().start(() -> readAll(found));
    try {
      url = found.get();
    } catch (ExecutionException e) {
      close();
      throw new IOException("sluice serve said " + said, e.getCause());
    } catch (InterruptedException e) {
      close();
      throw e;
    }
  }

  /** Starts it with these options, and waits until it listens. */
  static ServeProcess start(String... options) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.cli.Main",
                "serve"));
    command.addAll(List.of(options));
    var builder = new ProcessBuilder(command).redirectOutput(Redirect.DISCARD);
    // With these, a JVM prints a line of its own.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    return new ServeProcess(builder.start());
  }

  private URI findUrl() throws IOException {
    BufferedReader err = process.errorReader();
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      said.add(line);
      Matcher matcher = URL.matcher(line);
      if (matcher.matches()) {
        return URI.create(matcher.group(1));
      }
    }
    return fail("it ended before it listened");
  }

  private void readAll(Runnable findUrl) {
    findUrl.run();
    process.errorReader().lines().forEach(said::add);
  }

  /** Where it listens. */
  URI url() {
    return url;
  }

  /** A client that has connections to this server alone. */
  HttpClient client() {
    return client;
  }

  /** The lines that it wrote to standard error so far. */
  List<String> said() {
    return List.copyOf(said);
  }

  /** Ends it with SIGKILL, and waits until it is gone. */
  void kill() {
    process.toHandle().destroyForcibly(); // not of Process, which would close what is being read
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
    client.shutdownNow();
  }
}
