package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The public suite of the Durable Streams protocol, in the folder {@code conformance}. */
@Tag("external")
@Tag("needs-node")
@Tag("needs-npm")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class ConformanceSuiteTest {
  /** All of them, but the six of {@link #OPTIONAL_PART}. */
  private static final int TESTS = 332;

  /** Which Sluice has not, and the suite therefore skips. */
  private static final String OPTIONAL_PART = "skipped\tReserved subscription APIs > ";

  /** What the suite is told that a long poll takes at most. */
  private static final String[] OPTIONS = {"--listen", "0", "--long-poll-timeout", "500ms"};

  @TempDir private Path directory;

  @Test
  void the_whole_suite_passes_with_journals_in_memory() throws Exception {
    assertPasses();
  }

  @Test
  void the_whole_suite_passes_with_journals_on_disk() throws Exception {
    assertPasses("--data", directory.resolve("data").toString());
  }

  private static void assertPasses(String... moreOptions) throws Exception {
    String[] options =
        Stream.concat(Stream.of(OPTIONS), Stream.of(moreOptions)).toArray(String[]::new);
    List<String> others = new ArrayList<>();
    int passed = 0;
    try (ServeProcess server = ServeProcess.start(options);
        NodeProgram suite =
            NodeProgram.start(
                Map.of("SLUICE_URL", server.url().toString()),
                "node_modules/vitest/vitest.mjs",
                "run")) {
      for (String line = suite.readLine(); line != null; line = suite.readLine()) {
        if (line.startsWith("passed\t")) {
          passed++;
        } else if (!line.startsWith(OPTIONAL_PART)) {
          others.add(line);
        }
      }
      assertEquals("", String.join("\n", others), passed + " tests of the suite passed");
      assertEquals(TESTS, passed);
      assertEquals(0, suite.awaitStatus());
    }
  }
}
