package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that talks to the server, and its output as it comes. It is ended by force after two
 * minutes, so that no read of its output waits for ever; a browser may take one to start.
 *
 * <p>Thread safety: one thread may read while another writes.
 */
final class PeerProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final BufferedReader out;
  private final Path errors;

  private PeerProcess(Process process, Path errors) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.errors = errors;
    Executor later = CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    var _ = CompletableFuture.runAsync(process::destroyForcibly, later);
  }

  /** Starts a program; its standard input is open. */
  static PeerProcess start(String... command) throws IOException {
    Path errors = Files.createTempFile("sluice-peer", ".err");
    try {
      return new PeerProcess(
          new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
    } catch (IOException e) {
      Files.delete(errors);
      throw e;
    }
  }

  /** Where a program is: on PATH, or where only root looks. */
  static String find(String... names) {
    String path = System.getenv("PATH") + ":/usr/local/sbin:/usr/sbin:/sbin";
    return Stream.of(names)
        .flatMap(name -> Stream.of(path.split(":")).map(directory -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow()
        .toString();
  }

  /** Waits for the next line of its standard output. */
  String readLine() throws IOException {
    String line = out.readLine();
    return line != null ? line : fail("its output has ended; " + errors());
  }

  /** Waits for the end of its standard output; returns the lines that are left. */
  List<String> readToEnd() {
    return out.lines().toList();
  }

  /** Writes a line to its standard input. */
  void writeLine(String line) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Ends its standard input. */
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Waits until it has ended by itself, and expects that all went well. */
  void expectSuccess() throws InterruptedException, IOException {
    assertEquals(0, process.waitFor(), errors());
  }

  /** Waits until it has ended by itself; returns its exit status. */
  int awaitStatus() throws InterruptedException {
    return process.waitFor();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it with SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  /** What it wrote to standard error so far. */
  String errors() throws IOException {
    return "on standard error: " + Files.readString(errors, StandardCharsets.UTF_8);
  }

  /** Ends it and its children by force. */
  @Override
  public void close() throws IOException {
    List<ProcessHandle> family = process.descendants().toList();
    process.destroyForcibly();
    family.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    process.getOutputStream().close();
    out.close();
    Files.delete(errors);
  }
}
