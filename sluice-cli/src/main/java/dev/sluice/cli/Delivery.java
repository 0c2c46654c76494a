package dev.sluice.cli;

import java.util.Arrays;

/**
 * Hands data on once, however often it comes. A stream tells offsets between its answers or events
 * alone; what has come behind the last of them comes again after a cut, and is then left out. That
 * is possible since what is at an offset never changes; it is counted in bytes, or in messages.
 *
 * <p>Thread safety: none.
 */
final class Delivery {
  private final Destination destination;
  private String offset;
  private long seen;
  private long ahead;
  private boolean advanced;

  /** One that begins at an offset. */
  Delivery(Destination destination, String offset) {
    this.destination = destination;
    this.offset = offset;
  }

  /** From where to ask. */
  String offset() {
    return offset;
  }

  /** What follows comes from the offset. */
  void begin() {
    seen = 0;
  }

  /** Some bytes have come. */
  void bytes(byte[] bytes, int from, int count) throws CliException, OutputClosed {
    int known = (int) Math.min(count, Math.max(0, ahead - seen));
    if (known < count) {
      destination.write(bytes, from + known, count - known, offset);
    }
    came(count);
  }

  /** A message has come; it becomes a line. */
  void message(byte[] message) throws CliException, OutputClosed {
    if (seen >= ahead) {
      byte[] line = Arrays.copyOf(message, message.length + 1);
      line[message.length] = '\n';
      destination.write(line, 0, line.length, offset);
    }
    came(1);
  }

  private void came(int count) {
    seen += count;
    if (seen > ahead) {
      ahead = seen;
      advanced = true;
    }
  }

  /** All that has come is before another offset. */
  void reached(String next) {
    ahead = Math.max(0, ahead - seen);
    seen = 0;
    advanced |= !next.equals(offset);
    offset = next;
  }

  /** Whether something has been handed on that has not come again behind the offset. */
  boolean isAhead() {
    return ahead > seen;
  }

  /** Whether there was anything new since this was last asked. */
  boolean advanced() {
    boolean now = advanced;
    advanced = false;
    return now;
  }
}
