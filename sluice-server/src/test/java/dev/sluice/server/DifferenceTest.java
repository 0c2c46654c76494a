package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of {@link Difference} is what is tested, and what the documentation says. */
final class DifferenceTest {
  private static final Path DOCUMENT = Path.of("../docs/differences.md");

  @Test
  void the_documentation_prints_it() throws Exception {
    List<String> expected = Arrays.stream(Difference.values()).map(Difference::row).toList();
    List<String> printed =
        Files.readAllLines(DOCUMENT).stream()
            .filter(line -> line.matches("\\| [A-Z][0-9]+ .*"))
            .toList();
    assertEquals(String.join("\n", expected), String.join("\n", printed));
  }

  @Test
  void each_row_has_one_test() {
    List<String> tested =
        Arrays.stream(DifferenceContract.class.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .map(method -> method.getName().split("_", 2)[0])
            .sorted()
            .toList();
    List<String> rules = Arrays.stream(Difference.values()).map(Difference::rule).sorted().toList();
    assertEquals(rules, tested);
  }
}
