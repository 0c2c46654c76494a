package dev.sluice.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a stream is to be read from.
 *
 * @param offset as the protocol has it: {@code -1} is the beginning, {@code now} the end, and any
 *     other one is the server's to understand
 */
record From(String offset) {
  /** Its beginning. */
  static final From START = new From("-1");

  /** Where it ends now. */
  static final From NOW = new From("now");

  /** Reads {@code start}, {@code now}, or an offset, which is text without {@code , & = ? /}. */
  static final class Converter implements ITypeConverter<From> {
    private static final Pattern OFFSET = Pattern.compile("[!-~&&[^,&=?/]]{1,255}");

    @Override
    public From convert(String text) {
      return switch (text) {
        case "start" -> START;
        case "now" -> NOW;
        default -> {
          if (!OFFSET.matcher(text).matches()) {
            throw new TypeConversionException(
                "'" + text + "' is no offset; write start, now, or one that the server has told");
          }
          yield new From(text);
        }
      };
    }
  }
}
