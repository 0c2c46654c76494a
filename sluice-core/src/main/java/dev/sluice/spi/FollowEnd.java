package dev.sluice.spi;

import dev.sluice.CloseReason;

/** Told how the following of a journal ended. */
@FunctionalInterface
public interface FollowEnd {
  /**
   * It has ended.
   *
   * @param reason how
   * @param bytes how many were sent, framing included
   */
  void ended(CloseReason reason, long bytes);
}
