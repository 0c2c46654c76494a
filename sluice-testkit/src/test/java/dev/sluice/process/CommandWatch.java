package dev.sluice.process;

import dev.sluice.testkit.LeakCheck;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts commands for a test, and fails it if one leaves a process, a thread or a file behind. It
 * ends nothing itself until it has looked.
 */
final class CommandWatch implements BeforeEachCallback, AfterEachCallback {
  private static final String VARIABLE = "SLUICE_TEST";

  private String marker = "";
  private LeakCheck leaks = LeakCheck.before();

  @Override
  public void beforeEach(ExtensionContext context) {
    marker = UUID.randomUUID().toString();
    leaks = LeakCheck.before();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    try {
      assertNothingLeft();
    } finally {
      Processes.alive(marker).forEach(Processes::kill);
    }
  }

  /** Waits until no thread, file or process of this test is left. */
  void assertNothingLeft() throws InterruptedException {
    leaks.assertNoneLeaked();
    Processes.awaitNone(marker);
  }

  /** Every process of this test has it in its environment. */
  String marker() {
    return marker;
  }

  CommandOptions options() {
    return CommandOptions.defaults().withVariable(VARIABLE, marker);
  }

  Command start(OutputSink sink, String... arguments) throws IOException {
    return start(options(), sink, arguments);
  }

  Command start(CommandOptions options, OutputSink sink, String... arguments) throws IOException {
    return Command.start(List.of(arguments), options.withVariable(VARIABLE, marker), sink);
  }

  /** Runs a shell's script to the end of its output. */
  Exit run(OutputSink sink, String script) throws IOException, InterruptedException {
    Command command = start(sink, "sh", "-c", script);
    command.awaitOutput();
    return command.waitFor();
  }
}
