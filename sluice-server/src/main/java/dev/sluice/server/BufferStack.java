package dev.sluice.server;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers of one size that are used again and again.
 *
 * <p>Thread safety: all methods, without locks: who takes one may hold a lock that loops wait for.
 * A node is never used twice, so a compare-and-set cannot mistake one for another.
 */
final class BufferStack {
  private record Node(ByteBuffer buffer, @Nullable Node below, int depth) {}

  private final int bytes;
  private final int max;
  private final AtomicReference<@Nullable Node> top = new AtomicReference<>();

  /**
   * An empty one.
   *
   * @param bytes size of each
   * @param max how many are kept; others are left to the garbage collector
   */
  BufferStack(int bytes, int max) {
    this.bytes = bytes;
    this.max = max;
  }

  /** The size of each. */
  int bytes() {
    return bytes;
  }

  ByteBuffer take() {
    Node taken = top.get();
    while (taken != null && !top.compareAndSet(taken, taken.below())) {
      taken = top.get();
    }
    return taken == null ? ByteBuffer.allocateDirect(bytes) : taken.buffer().clear();
  }

  /** Takes one of its own back, which the caller must not touch any more. */
  void give(ByteBuffer buffer) {
    if (buffer.capacity() != bytes) {
      return;
    }
    Node below;
    Node given;
    do {
      below = top.get();
      int depth = below == null ? 1 : below.depth() + 1;
      if (depth > max) {
        return;
      }
      given = new Node(buffer, below, depth);
    } while (!top.compareAndSet(below, given));
  }
}
