package dev.sluice.cli;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command has said so far, in memory: one writer, any number of readers, each with a
 * position of its own. The oldest bytes go when there are too many.
 *
 * <p>All blocks but the last are full, so the block of a position is found by dividing. Bytes once
 * written never change, so readers share them.
 *
 * <p>Thread safety: all methods.
 */
final class Transcript {
  private static final int BLOCK_BYTES = 64 * 1024;

  private final long bytesMax;
  private final List<byte[]> blocks = new ArrayList<>();
  private long start;
  private long end;
  private boolean closed;

  /**
   * An empty transcript.
   *
   * @param bytesMax how much of the latest is kept, rounded up to whole blocks
   */
  Transcript(long bytesMax) {
    this.bytesMax = Math.max(bytesMax, BLOCK_BYTES);
  }

  /** Adds a copy of bytes; drops the oldest beyond the limit. */
  synchronized void append(byte[] bytes, int length) {
    int copied = 0;
    while (copied < length) {
      int used = (int) ((end - start) % BLOCK_BYTES);
      if (used == 0) {
        blocks.add(new byte[BLOCK_BYTES]);
      }
      int part = Math.min(length - copied, BLOCK_BYTES - used);
      System.arraycopy(bytes, copied, blocks.getLast(), used, part);
      copied += part;
      end += part;
    }
    while (end - start > bytesMax + BLOCK_BYTES) {
      blocks.removeFirst();
      start += BLOCK_BYTES;
    }
    notifyAll();
  }

  /** Nothing more will come. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Position of the oldest byte that is still here. */
  synchronized long start() {
    return start;
  }

  /**
   * Waits for bytes from a position on.
   *
   * @return some of them; none if they are no longer here; null at the end
   * @throws InterruptedException if the waiting thread is interrupted
   */
  synchronized @Nullable ByteBuffer read(long position) throws InterruptedException {
    while (position >= end && !closed) {
      wait();
    }
    if (position >= end) {
      return null;
    }
    if (position < start) {
      return ByteBuffer.allocate(0);
    }
    byte[] block = blocks.get((int) ((position - start) / BLOCK_BYTES));
    int from = (int) ((position - start) % BLOCK_BYTES);
    int until = (int) Math.min(BLOCK_BYTES, from + end - position);
    return ByteBuffer.wrap(block, from, until - from);
  }
}
