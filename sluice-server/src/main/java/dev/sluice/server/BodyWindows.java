package dev.sluice.server;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of request bodies the connections of HTTP/2 may have unread in memory, all
 * together. A connection that comes when all is given away has the window that the protocol begins
 * with, about what a connection of HTTP/1 may have.
 *
 * <p>Thread safety: all methods.
 */
final class BodyWindows {
  /** Which no connection can have less than (RFC 9113 section 6.9.2). */
  static final int LEAST_BYTES = 65_535;

  private static final int PART_OF_HEAP = 8;

  private final AtomicLong left;

  /** Windows of so many bytes together, beyond the least that each has. */
  BodyWindows(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /** An eighth of the heap. */
  static BodyWindows ofHeap() {
    return new BodyWindows(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  /** The window of a connection: what it wants, or the least. */
  int take(int wanted) {
    int more = Math.max(0, wanted - LEAST_BYTES);
    long before = left.getAndUpdate(free -> free >= more ? free - more : free);
    return before >= more ? LEAST_BYTES + more : LEAST_BYTES;
  }

  /** Takes back the window of a connection that is closed. */
  void give(int window) {
    left.addAndGet(window - LEAST_BYTES);
  }
}
