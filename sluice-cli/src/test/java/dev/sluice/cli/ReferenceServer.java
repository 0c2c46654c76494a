package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/**
 * The protocol's reference server, from npm, on a directory; it may be ended and started again.
 *
 * <p>Thread safety: none.
 */
final class ReferenceServer implements AutoCloseable {
  private final Path data;
  private final int port = Ports.free();
  private Process process;
  private final String url;

  /** Starts it. */
  ReferenceServer(Path data) throws IOException, InterruptedException {
    this.data = data;
    this.process = begin();
    this.url = awaitUrl();
  }

  private Process begin() throws IOException, InterruptedException {
    return new ProcessBuilder(
            "node", "reference-server.mjs", data.toString(), Integer.toString(port))
        .directory(Npm.installed().toFile())
        .redirectError(Redirect.DISCARD)
        .start();
  }

  private String awaitUrl() throws IOException {
    String line = process.inputReader().readLine();
    assertNotNull(line, "the reference server has not started");
    return line;
  }

  /** That of a stream there. */
  String stream(String name) {
    return url + "/v1/stream/" + name;
  }

  /** Ends it in good order, as its data needs, and starts it again at the same place. */
  void restart() throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
    process = begin();
    awaitUrl();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
