package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** How long, and how much, as people write it. */
final class DurationTextTest {

  @ParameterizedTest
  @CsvSource({"500ms, 500", "10s, 10000", "5m, 300000", "2h, 7200000", "7d, 604800000"})
  void a_duration_is_a_number_and_a_unit(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), new DurationText().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "0s", "-1s", "1.5s", "1 s", "1S", "1w", "1s5ms"})
  void anything_else_is_none(String text) {
    assertThrows(TypeConversionException.class, () -> new DurationText().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"300ms", "1500ms", "10s", "90s", "1m", "90m", "2h"})
  void it_is_written_as_it_is_read(String text) {
    assertEquals(text, DurationText.format(new DurationText().convert(text)));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1572864, 1.5 MiB",
    "1073741824, 1.0 GiB",
    "9223372036854775807, 8.0 EiB",
  })
  void a_size_has_the_unit_that_suits(long bytes, String text) {
    assertEquals(text, Progress.size(bytes));
  }
}
