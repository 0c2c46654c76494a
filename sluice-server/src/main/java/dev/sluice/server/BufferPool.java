package dev.sluice.server;

import dev.sluice.spi.Wire;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Body buffers, shared by all connections: a response holds one only while unsent bytes wait.
 *
 * <p>A buffer has room before and after its body for the framing of a chunk, so that head of chunk,
 * bytes and end of chunk leave in one contiguous write. One that finds the pool full is left to the
 * garbage collector; one that is never given back costs nothing but itself.
 *
 * <p>Thread safety: all methods, without locks. A few stacks, so that the buffer taken is one that
 * was used just now and is still in the processor's cache; a node is never used twice, so a
 * compare-and-set cannot mistake one for another.
 */
final class BufferPool {
  /** For the size of a chunk in at most 8 hex digits, and CR LF. */
  static final int HEADROOM = 10;

  static final int BODY_BYTES = Wire.BUFFER_BYTES;

  /** For CR LF, and the last chunk without trailers. */
  static final int TAILROOM = 7;

  private static final int STACKS = 4;

  /** Bounds what is kept to 8 MiB. */
  private static final int DEPTH_MAX = 256;

  private record Node(ByteBuffer buffer, @Nullable Node below, int depth) {}

  private final AtomicReferenceArray<@Nullable Node> stacks = new AtomicReferenceArray<>(STACKS);

  /** An empty body buffer, limited to the body. */
  ByteBuffer take() {
    int stack = stackOfThread();
    Node top = stacks.get(stack);
    while (top != null && !stacks.compareAndSet(stack, top, top.below())) {
      top = stacks.get(stack);
    }
    ByteBuffer buffer =
        top == null ? ByteBuffer.allocateDirect(HEADROOM + BODY_BYTES + TAILROOM) : top.buffer();
    return buffer.limit(HEADROOM + BODY_BYTES).position(HEADROOM);
  }

  /** Takes a buffer back; the caller must not touch it any more. */
  void give(ByteBuffer buffer) {
    int stack = stackOfThread();
    Node top;
    Node pushed;
    do {
      top = stacks.get(stack);
      int depth = top == null ? 1 : top.depth() + 1;
      if (depth > DEPTH_MAX) {
        return;
      }
      pushed = new Node(buffer, top, depth);
    } while (!stacks.compareAndSet(stack, top, pushed));
  }

  private static int stackOfThread() {
    return (int) Thread.currentThread().threadId() & (STACKS - 1);
  }
}
