package dev.sluice.cli;

import dev.sluice.journal.Ending;
import dev.sluice.process.Command;
import dev.sluice.process.CommandOptions;
import dev.sluice.process.Exit;
import dev.sluice.process.ProgramNotExecutableException;
import dev.sluice.process.ProgramNotFoundException;
import dev.sluice.process.StandardInput;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A command whose output goes into a journal; the journal is closed with its exit status.
 *
 * <p>Thread safety: all methods.
 */
final class JournaledCommand {
  /** What a process that was left behind still writes is not waited for. */
  private static final Duration OUTPUT_GRACE = Duration.ofSeconds(1);

  private final Command command;
  private final JournalWriter writer;
  private final long startNanos = System.nanoTime();
  private volatile String end = "is running";

  private JournaledCommand(Command command, JournalWriter writer) {
    this.command = command;
    this.writer = writer;
  }

  /**
   * Starts a command.
   *
   * @throws CliException if there is no such command, or it cannot be executed
   */
  static JournaledCommand start(List<String> arguments, JournalWriter writer) throws CliException {
    var options = CommandOptions.defaults().withInput(StandardInput.INHERIT);
    try {
      return new JournaledCommand(Command.start(arguments, options, writer::append), writer);
    } catch (ProgramNotFoundException e) {
      throw new CliException(
          ExitStatus.NOT_FOUND,
          arguments.getFirst()
              + ": command not found; check its name"
              + (arguments.getFirst().contains("/") ? "" : " and PATH"),
          e);
    } catch (ProgramNotExecutableException e) {
      throw new CliException(
          ExitStatus.NOT_EXECUTABLE,
          arguments.getFirst()
              + ": found, but cannot be executed; check that it is a program and its permissions",
          e);
    } catch (IOException | UnsupportedOperationException e) {
      throw new CliException(
          ExitStatus.FAILED, arguments.getFirst() + ": cannot be started: " + e.getMessage(), e);
    }
  }

  /**
   * Waits until it has ended and its output is in the journal; closes that. What it left behind, a
   * daemon perhaps, runs on until this process ends.
   *
   * @return its exit status
   */
  int awaitEnd() throws InterruptedException {
    Exit exit = command.waitFor();
    try {
      if (!command.awaitOutput(OUTPUT_GRACE)) {
        command.awaitWritten(); // however slowly the journal takes it
      }
    } catch (IOException e) {
      System.err.println("sluice: " + e.getMessage());
    }
    end = describe(exit);
    try {
      writer.close(new Ending(exit.status(), exit.signal()));
    } catch (IOException e) {
      System.err.println("sluice: " + e.getMessage());
    }
    return exit.status();
  }

  /** How it ended, for people. */
  String describeEnd() {
    return end;
  }

  private String describe(Exit exit) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    String how =
        exit.signal() == null
            ? "ended with status " + exit.status()
            : "was ended by " + exit.signal() + " (status " + exit.status() + ")";
    return "%s after %.1f s".formatted(how, seconds);
  }

  /** Ends it and all that it started: asks, then asks again, then by force. */
  void end() {
    try {
      var _ = command.end();
    } catch (IOException e) {
      System.err.println("sluice: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it by force, at once. */
  void kill() {
    try {
      var _ = command.kill();
    } catch (IOException e) {
      System.err.println("sluice: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
