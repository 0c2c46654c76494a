package dev.sluice.server;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Buffers that records of TLS are made in, shared by all connections: each is held for the time of
 * one write, so there need not be more than threads that write at once.
 *
 * <p>They are on the heap: the JDK's AES-GCM takes 4.4 µs for 16 KiB there, and 10 in a direct
 * buffer; the copy that the socket needs then costs less than one.
 *
 * <p>Thread safety: all methods, without locks.
 */
final class RecordBuffers {
  private static final int SLOTS =
      Integer.highestOneBit(Math.max(Runtime.getRuntime().availableProcessors(), 2)) * 4;

  private final int bytes;
  private final AtomicReferenceArray<@Nullable ByteBuffer> slots =
      new AtomicReferenceArray<>(SLOTS);

  RecordBuffers(int bytes) {
    this.bytes = bytes;
  }

  /** An empty buffer. */
  ByteBuffer take() {
    int first = slotOfThread();
    for (int i = 0; i < SLOTS; i++) {
      ByteBuffer buffer = slots.getAndSet((first + i) & (SLOTS - 1), null);
      if (buffer != null) {
        return buffer.clear();
      }
    }
    return ByteBuffer.allocate(bytes);
  }

  /** Takes a buffer back; the caller must not touch it any more. */
  void give(ByteBuffer buffer) {
    int first = slotOfThread();
    for (int i = 0; i < SLOTS; i++) {
      if (slots.compareAndSet((first + i) & (SLOTS - 1), null, buffer)) {
        return;
      }
    }
  }

  private static int slotOfThread() {
    return (int) Thread.currentThread().threadId() & (SLOTS - 1);
  }
}
