package dev.sluice;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** Bytes that grow while a frame is encoded. Thread safety: none. */
public final class FrameBuffer {
  private byte[] bytes = new byte[1024];
  private int size;

  /** An empty buffer. */
  public FrameBuffer() {}

  /** Appends bytes. */
  public FrameBuffer put(byte[] source, int offset, int length) {
    room(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
    return this;
  }

  /** Appends all of the bytes. */
  public FrameBuffer put(byte[] source) {
    return put(source, 0, source.length);
  }

  /** Appends one byte, the lowest of the number. */
  public FrameBuffer put(int value) {
    room(1);
    bytes[size++] = (byte) value;
    return this;
  }

  /** Appends text as UTF-8. */
  public FrameBuffer put(String text) {
    return put(text.getBytes(StandardCharsets.UTF_8));
  }

  /** How many bytes there are. */
  public int size() {
    return size;
  }

  /** The bytes themselves, from index 0; replaced when they grow. */
  public byte[] array() {
    return bytes;
  }

  /**
   * Takes away what is behind the first bytes.
   *
   * @param count how many stay
   * @throws IndexOutOfBoundsException if there are fewer
   */
  public void cut(int count) {
    size = Objects.checkIndex(count, size + 1);
  }

  /** Empties it. */
  public void clear() {
    size = 0;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
