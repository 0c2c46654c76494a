package dev.sluice.cli;

import java.util.regex.Pattern;

/** What may stand in {@code --type}. */
final class MediaType {
  /** Of what is not said to be anything else. */
  static final String PLAIN_TEXT = "text/plain; charset=utf-8";

  private static final Pattern TEXT = Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+( *;[ -~]*)?");

  private MediaType() {}

  /** Returns it. */
  static String checked(String type) throws CliException {
    if (!TEXT.matcher(type).matches()) {
      throw new CliException(
          ExitStatus.USAGE, "--type: '" + type + "' is no media type; write one like text/html");
    }
    return type;
  }
}
