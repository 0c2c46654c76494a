package dev.sluice.journal;

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

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException if it is not a name; the message says why
   */
  public JournalName {
    if (text.length() > BYTES_MAX) {
      throw new IllegalArgumentException("a name has at most " + BYTES_MAX + " bytes");
    }
    if (text.startsWith("-")) {
      throw new IllegalArgumentException("a name does not begin with -");
    }
    for (int start = 0; start <= text.length(); ) {
      int slash = text.indexOf('/', start);
      int end = slash < 0 ? text.length() : slash;
      checkSegment(text, start, end);
      start = end + 1;
    }
  }

  private static void checkSegment(String text, int start, int end) {
    if (start == end) {
      throw new IllegalArgumentException(
          "a name is not empty, nor is a part of it between slashes");
    }
    boolean dots = true;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      dots &= c == '.';
      if (!isAllowed(c)) {
        throw new IllegalArgumentException(
            "a name has letters, digits and . _ ~ - alone, in parts joined by /");
      }
    }
    if (dots && end - start <= 2) {
      throw new IllegalArgumentException("no part of a name is . or ..");
    }
  }

  private static boolean isAllowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '~'
        || c == '-';
  }

  /** Its text. */
  @Override
  public String toString() {
    return text;
  }
}
