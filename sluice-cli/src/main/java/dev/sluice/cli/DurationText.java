package dev.sluice.cli;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 7d}. */
final class DurationText implements ITypeConverter<Duration> {
  /** Reads {@code 0s} as well, which is no time at all. */
  static final class OrZero implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return text.matches("0(ms|s|m|h|d)") ? Duration.ZERO : new DurationText().convert(text);
    }
  }

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  @Override
  public Duration convert(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches()) {
      Duration duration = Duration.of(Long.parseLong(matcher.group(1)), unit(matcher.group(2)));
      if (duration.isPositive()) {
        return duration;
      }
    }
    throw new TypeConversionException(
        "'" + text + "' is not a duration; write a number with ms, s, m, h or d: 10s");
  }

  private static ChronoUnit unit(String text) {
    return switch (text) {
      case "ms" -> ChronoUnit.MILLIS;
      case "s" -> ChronoUnit.SECONDS;
      case "m" -> ChronoUnit.MINUTES;
      case "h" -> ChronoUnit.HOURS;
      default -> ChronoUnit.DAYS; // always 24 hours
    };
  }

  /** As it would be written: the largest unit that leaves no fraction. */
  static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = duration.toSeconds();
    if (seconds % 60 != 0) {
      return seconds + "s";
    }
    return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
  }
}
