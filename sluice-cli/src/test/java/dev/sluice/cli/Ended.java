package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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
    var out =
        CompletableFuture.supplyAsync(() -> {
          try {
            byte[] bytes = sluice.process().getInputStream().readAllBytes();
            return new String(bytes, StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    try (OutputStream in = sluice.process().getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has ended without reading all of it.
    }
    List<String> err = sluice.awaitEnd();
    return new Ended(sluice.process().exitValue(), out.get(), err);
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
