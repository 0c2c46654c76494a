package dev.sluice.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The command that {@code sluice run} runs: started once, its standard output and error, in the
 * order in which they come, kept in a {@link Transcript} and echoed.
 *
 * <p>Thread safety: all methods.
 */
final class Child {
  private static final long KEPT_BYTES_MAX = 256L * 1024 * 1024;
  private static final long OWN_END_MILLIS = 300;
  private static final long PATIENCE_SECONDS = 2;
  private static final Duration OUTPUT_PATIENCE = Duration.ofSeconds(1);

  private final Process process;
  private final Transcript transcript = new Transcript(KEPT_BYTES_MAX);
  private final Thread reader;

  private Child(Process process, OutputStream echo) {
    this.process = process;
    // A platform thread: a read of a pipe would hold a virtual thread's carrier.
    this.reader = Thread.ofPlatform().daemon().name("sluice-output").start(() -> read(echo));
  }

  /**
   * Starts a command.
   *
   * @param echo where its output goes besides; a failure there ends the echo, not the command
   * @throws CliException if there is no such command, or it cannot be executed
   */
  static Child start(List<String> command, OutputStream echo) throws CliException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .start();
      return new Child(process, echo);
    } catch (IOException e) {
      throw notStarted(command.getFirst(), e);
    }
  }

  private static CliException notStarted(String name, IOException e) {
    boolean isPath = name.contains("/");
    boolean found =
        isPath
            ? Files.exists(Path.of(name))
            : Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(directory -> Files.exists(Path.of(directory, name)));
    if (!found) {
      return new CliException(
          ExitStatus.NOT_FOUND,
          name + ": command not found; check its name" + (isPath ? "" : " and PATH"),
          e);
    }
    return new CliException(
        ExitStatus.NOT_EXECUTABLE,
        name + ": found, but cannot be executed; check that it is a program and its permissions",
        e);
  }

  Transcript transcript() {
    return transcript;
  }

  /** Waits for the end of the command; 128+n if signal n ended it. */
  int awaitExitStatus() throws InterruptedException {
    return process.waitFor();
  }

  /** Waits until the command has ended and all of its output is in the transcript. */
  int awaitEnd() throws InterruptedException {
    reader.join();
    return process.waitFor();
  }

  /**
   * Ends the command and its descendants: politely, then by force. A Ctrl-C on the terminal reached
   * the command as well, which may be about to end in its own way.
   *
   * <p>A process that the command has left behind may hold its output open for ever: what does not
   * come within a second is not waited for.
   */
  void end() throws InterruptedException {
    endFamily();
    if (!reader.join(OUTPUT_PATIENCE)) {
      transcript.close();
    }
  }

  private void endFamily() throws InterruptedException {
    if (process.waitFor(OWN_END_MILLIS, TimeUnit.MILLISECONDS)) {
      return;
    }
    List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
    family.add(process.toHandle());
    family.forEach(ProcessHandle::destroy);
    process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    family.forEach(ProcessHandle::destroyForcibly);
  }

  private void read(OutputStream echo) {
    byte[] buffer = new byte[64 * 1024];
    boolean echoes = true;
    try (InputStream in = process.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        transcript.append(buffer, n);
        echoes = echoes && echo(echo, buffer, n);
      }
    } catch (IOException e) {
      // The pipe ends with the command, however that ends.
    } finally {
      transcript.close();
    }
  }

  private static boolean echo(OutputStream echo, byte[] bytes, int length) {
    try {
      echo.write(bytes, 0, length);
      echo.flush();
      return true;
    } catch (IOException e) {
      return false; // viewers go on
    }
  }
}
