package dev.sluice.cli;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Remembers the bytes that a JSON parser has read, until they are taken.
 *
 * <p>Thread safety: none.
 */
final class ByteRecorder extends FilterInputStream {
  private final int bytesMax;
  private byte[] kept = new byte[8 * 1024];

  /** Where that begins which is waiting, and where it ends. */
  private int begin;

  private int end;

  /** The position of the first byte in the array. */
  private long start;

  /**
   * One of a stream.
   *
   * @param bytesMax how many may be waiting to be taken
   */
  ByteRecorder(InputStream in, int bytesMax) {
    super(in);
    this.bytesMax = bytesMax;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int count) throws IOException {
    int came = in.read(bytes, from, count);
    if (came > 0) {
      keep(bytes, from, came);
    }
    return came;
  }

  private void keep(byte[] bytes, int from, int count) throws IOException {
    System.arraycopy(kept, begin, kept, 0, end - begin);
    start += begin;
    end -= begin;
    begin = 0;
    if (end > bytesMax) {
      throw new StreamConstraintsException(
          "a message of more than " + bytesMax + " bytes is too large");
    }
    if (end + count > kept.length) {
      kept = Arrays.copyOf(kept, Math.max(2 * kept.length, end + count));
    }
    System.arraycopy(bytes, from, kept, end, count);
    end += count;
  }

  /** The bytes between two positions, without line breaks; all before the second are forgotten. */
  byte[] take(long from, long to) {
    byte[] taken = Arrays.copyOfRange(kept, (int) (from - start), (int) (to - start));
    begin = (int) (to - start);
    int count = 0;
    for (byte each : taken) {
      if (each != '\n' && each != '\r') {
        taken[count++] = each;
      }
    }
    return count == taken.length ? taken : Arrays.copyOf(taken, count);
  }
}
