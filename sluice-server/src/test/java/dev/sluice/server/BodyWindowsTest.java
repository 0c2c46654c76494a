package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What connections of HTTP/2 may have unread, all together. */
final class BodyWindowsTest {
  private static final int MIB = 1 << 20;

  private final BodyWindows windows = new BodyWindows(2 * MIB);

  @Test
  void those_that_come_when_all_is_given_away_have_the_least() {
    assertEquals(MIB, windows.take(MIB));
    assertEquals(MIB, windows.take(MIB));
    assertEquals(BodyWindows.LEAST_BYTES, windows.take(MIB));
    assertEquals(BodyWindows.LEAST_BYTES, windows.take(0));
  }

  @Test
  void what_is_given_back_is_there_for_the_next() {
    int first = windows.take(2 * MIB);
    int second = windows.take(2 * MIB);
    windows.give(second);
    assertEquals(BodyWindows.LEAST_BYTES, windows.take(2 * MIB));
    windows.give(first);
    assertEquals(2 * MIB, windows.take(2 * MIB));
  }
}
