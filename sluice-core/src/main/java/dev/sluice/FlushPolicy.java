package dev.sluice;

import java.time.Duration;

/** When a {@link Pump} flushes what it has written. */
public sealed interface FlushPolicy {

  /** Never: bytes leave when the response's buffer is full, or with the end of the response. */
  record None() implements FlushPolicy {}

  /**
   * After each read of the source. A read takes all that is there, up to 64 KiB, so a busy source
   * is batched by itself.
   */
  record EachRead() implements FlushPolicy {}

  /**
   * After each read that held the end of a line, up to the last such end; what follows it waits for
   * its own.
   *
   * <p>A line ends with a line feed. A carriage return ends none: a progress bar that redraws its
   * line is seen when the line is done. To see it move, take {@link EachRead}.
   */
  record EachLine() implements FlushPolicy {}

  /**
   * No written byte waits longer than an interval for its flush, also while the source is silent.
   *
   * @param interval the longest wait; the first byte after a flush starts it
   */
  record AtMostEvery(Duration interval) implements FlushPolicy {
    /**
     * Checks the interval.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public AtMostEvery {
      if (!interval.isPositive()) {
        throw new IllegalArgumentException("not a positive interval: " + interval);
      }
    }
  }

  /** Never flushes. */
  static FlushPolicy none() {
    return new None();
  }

  /** Flushes after each read. */
  static FlushPolicy eachRead() {
    return new EachRead();
  }

  /** Flushes after each line. */
  static FlushPolicy eachLine() {
    return new EachLine();
  }

  /**
   * Flushes so that no byte waits longer than an interval.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  static FlushPolicy atMostEvery(Duration interval) {
    return new AtMostEvery(interval);
  }
}
