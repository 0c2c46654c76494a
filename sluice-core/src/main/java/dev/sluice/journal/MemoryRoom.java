package dev.sluice.journal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much the journals of a store hold in memory together, and how much they may.
 *
 * <p>Thread safety: all methods.
 */
final class MemoryRoom {
  /** For journals whose memory is bounded otherwise. */
  static final MemoryRoom ENDLESS = new MemoryRoom(Long.MAX_VALUE);

  private final long bytesMax;
  private final AtomicLong taken = new AtomicLong();

  MemoryRoom(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Three eighths of the heap: the rest is for those who write and read. */
  static MemoryRoom ofHeap() {
    return new MemoryRoom(Runtime.getRuntime().maxMemory() / 8 * 3);
  }

  long taken() {
    return taken.get();
  }

  void take(long bytes) {
    taken.addAndGet(bytes);
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /**
   * Takes some, if there is room for it.
   *
   * @throws JournalLimitException if not
   */
  void claim(long bytes, String journal) throws JournalLimitException {
    if (taken.addAndGet(bytes) > bytesMax) {
      give(bytes);
      throw new JournalLimitException(
          JournalLimitException.Limit.MEMORY,
          "journal %s: the memory is full, of which journals have %d MiB; delete some"
              .formatted(journal, bytesMax >> 20));
    }
  }
}
