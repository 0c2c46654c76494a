package dev.sluice.server;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Direct buffers of one size that are used again and again.
 *
 * <p>Thread safety: all methods.
 */
final class BufferStack {
  private final int bytes;
  private final ArrayBlockingQueue<ByteBuffer> kept;

  /**
   * An empty one.
   *
   * @param bytes size of each
   * @param max how many are kept; others are left to the garbage collector
   */
  BufferStack(int bytes, int max) {
    this.bytes = bytes;
    this.kept = new ArrayBlockingQueue<>(max);
  }

  /** The size of each. */
  int bytes() {
    return bytes;
  }

  ByteBuffer take() {
    ByteBuffer used = kept.poll();
    return used == null ? ByteBuffer.allocateDirect(bytes) : used.clear();
  }

  /** Takes one of its own back, which the caller must not touch any more. */
  void give(ByteBuffer buffer) {
    if (buffer.capacity() == bytes) {
      var _ = kept.offer(buffer);
    }
  }
}
