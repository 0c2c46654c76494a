package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.FutureTask;

/**
 * What a {@code sluice} of its own JVM that has ended left behind.
 *
 * @param status the exit status
 * @param out what went to standard output
 * @param err the lines on standard error
 */
record Ended(int status, String out, List<String> err) {

  /** Runs it without input. */
  static Ended run(String... args) throws Exception {
    return withInput("", args);
  }

  /** Runs it with input. */
  static Ended withInput(String input, String... args) throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start(args)) {
      return of(sluice, input);
    }
  }

  /** Gives it input to its end, and waits for its end. */
  static Ended of(SluiceProcess sluice, String input) throws Exception {
    // Not in the common pool, whose only thread may be needed to end the process by force.
    var out = new FutureTask<>(() -> sluice.process().getInputStream().readAllBytes());
    Thread.ofPlatform().start(out);
    try (OutputStream in = sluice.process().getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has ended without reading all of it.
    }
    List<String> err = sluice.awaitEnd();
    String printed = new String(out.get(), StandardCharsets.UTF_8);
    return new Ended(sluice.process().exitValue(), printed, err);
  }

  /** It has done what it should, without a word. */
  void assertQuietlyDone() {
    assertEquals(List.of(), err);
    assertEquals(0, status);
  }

  /** It has failed, and said why in one line. */
  void assertFailed(String line) {
    assertEquals(List.of("sluice: " + line), err);
    assertEquals(1, status);
  }
}
