package dev.sluice.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 1000}, {@code 64k}, {@code 256M}, {@code 2GiB}: powers of 1024. */
final class ByteSize implements ITypeConverter<Long> {
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,12})([KMGT]?)(I?B)?");

  @Override
  public Long convert(String text) {
    Matcher matcher = TEXT.matcher(text.toUpperCase(Locale.ROOT));
    if (matcher.matches()) {
      int power = " KMGT".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
      double bytes = Long.parseLong(matcher.group(1)) * Math.pow(1024, power);
      if (bytes >= 1 && bytes < Long.MAX_VALUE) {
        return (long) bytes;
      }
    }
    throw new TypeConversionException(
        "'" + text + "' is not a size; write bytes, or a number with K, M, G or T: 256M");
  }
}
