package dev.sluice.journal;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What a journal is called, which is its path: segments of letters, digits, {@code . _ ~ -}, joined
 * by {@code /}, none of them {@code .} or {@code ..}; 255 bytes at most; never beginning with
 * {@code -}, which is for Sluice's own paths.
 *
 * @param text as it stands in the URL after the first slash
 */
public record JournalName(String text) {
  /** How many bytes a name may have. */
  public static final int BYTES_MAX = 255;

  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._~-]+");

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException if it is not a name; the message says why
   */
  public JournalName {
    if (text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      throw new IllegalArgumentException("a name has at most " + BYTES_MAX + " bytes");
    }
    if (text.startsWith("-")) {
      throw new IllegalArgumentException("a name does not begin with -");
    }
    for (String segment : text.split("/", -1)) {
      checkSegment(segment);
    }
  }

  private static void checkSegment(String segment) {
    if (segment.isEmpty()) {
      throw new IllegalArgumentException(
          "a name is not empty, nor is a part of it between slashes");
    }
    if (segment.equals(".") || segment.equals("..")) {
      throw new IllegalArgumentException("no part of a name is . or ..");
    }
    if (!SEGMENT.matcher(segment).matches()) {
      throw new IllegalArgumentException(
          "a name has letters, digits and . _ ~ - alone, in parts joined by /");
    }
  }

  /** Its text. */
  @Override
  public String toString() {
    return text;
  }
}
