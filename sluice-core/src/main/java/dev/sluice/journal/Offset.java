package dev.sluice.journal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A position in a journal: how many bytes are before it.
 *
 * <p>Its text is {@code %016d_%016d}, a generation (0 today) and the position; it sorts as the
 * offsets do. Clients never take it apart.
 *
 * @param position in bytes, 0 or more
 */
public record Offset(long position) implements Comparable<Offset> {
  /** Where every journal begins. */
  public static final Offset ZERO = new Offset(0);

  private static final long POSITION_MAX = 9_999_999_999_999_999L;
  private static final Pattern TEXT = Pattern.compile("([0-9]{16})_([0-9]{16})");

  /** Checks the range that the text can hold. */
  public Offset {
    if (position < 0 || position > POSITION_MAX) {
      throw new IllegalArgumentException("not a position in a journal: " + position);
    }
  }

  /**
   * Reads the text of an offset.
   *
   * @throws IllegalArgumentException if it is not one
   */
  public static Offset parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) != 0) {
      throw new IllegalArgumentException("not an offset of this journal");
    }
    return new Offset(Long.parseLong(matcher.group(2)));
  }

  @Override
  public int compareTo(Offset other) {
    return Long.compare(position, other.position);
  }

  @Override
  public String toString() {
    // Called once per event sent: String.format would cost more than all the rest.
    String digits = Long.toString(position);
    return "0000000000000000_" + "0".repeat(16 - digits.length()) + digits;
  }
}
