package dev.sluice.cli;

import java.util.Locale;
import java.util.regex.Pattern;

/** Media types, as in {@code --type}. */
final class MediaType {
  /** Of what is not said to be anything else. */
  static final String PLAIN_TEXT = "text/plain; charset=utf-8";

  private static final Pattern TEXT = Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+( *;[ -~]*)?");

  /** Of streams of JSON messages. */
  static final String JSON = "application/json";

  /** As which servers of ours send them raw. */
  static final String JSON_LINES = "application/x-ndjson";

  private MediaType() {}

  /** The type itself, in lower case, without parameters. */
  static String essence(String type) {
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** Whether a stream of this type is one of JSON messages. */
  static boolean isJson(String type) {
    return essence(type).equals(JSON);
  }

  /** Returns it. */
  static String checked(String type) throws CliException {
    if (!TEXT.matcher(type).matches()) {
      throw new CliException(
          ExitStatus.USAGE, "--type: '" + type + "' is no media type; write one like text/html");
    }
    return type;
  }
}
