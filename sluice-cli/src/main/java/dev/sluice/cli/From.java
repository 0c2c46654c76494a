package dev.sluice.cli;

import dev.sluice.journal.Offset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a journal is to be followed from.
 *
 * @param offset there; null is where it ends now
 */
record From(@Nullable Offset offset) {
  /** Its beginning. */
  static final From START = new From(Offset.ZERO);

  /** Reads {@code start}, {@code now}, or the text of an offset. */
  static final class Converter implements ITypeConverter<From> {
    @Override
    public From convert(String text) {
      return switch (text) {
        case "start" -> START;
        case "now" -> new From(null);
        default -> at(text);
      };
    }

    private static From at(String text) {
      try {
        return new From(Offset.parse(text));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            "'%s' is no offset; write start, now, or one like %s".formatted(text, Offset.ZERO));
      }
    }
  }
}
