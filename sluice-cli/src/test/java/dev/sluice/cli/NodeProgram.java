package dev.sluice.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A program of the folder {@code conformance} in Node, and what it says on either stream.
 *
 * <p>Thread safety: one thread may read while another ends it.
 */
final class NodeProgram implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private NodeProgram(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts it, in that folder, with more variables in its environment. */
  static NodeProgram start(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(Stream.concat(Stream.of("node"), Stream.of(args)).toList())
            .directory(Npm.installed().toFile())
            .redirectErrorStream(true);
    builder.environment().put("NODE_NO_WARNINGS", "1"); // which depend on its version
    builder.environment().putAll(environment);
    return new NodeProgram(builder.start());
  }

  /** The next line; null at the end. */
  @Nullable String readLine() throws IOException {
    return out.readLine();
  }

  /** Waits until it has ended; returns its exit status. */
  int awaitStatus() throws InterruptedException {
    return process.waitFor();
  }

  /** Ends it and what it has started: by force, when it does not end at once. */
  @Override
  public void close() {
    List<ProcessHandle> family = process.descendants().toList();
    process.destroy();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }
}
