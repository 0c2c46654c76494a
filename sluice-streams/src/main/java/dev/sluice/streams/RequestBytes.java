package dev.sluice.streams;

import dev.sluice.Request;
import dev.sluice.RequestException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads the body of a request that becomes one record. */
final class RequestBytes {
  /**
   * An array that is full is replaced by one of so many times its size; of a size that is a little
   * more than a power of two, the heap would take twice as much.
   */
  private static final int GROWTH = 15;

  private RequestBytes() {}

  /**
   * Reads all of it, or fails: also if the client goes in the middle. What it holds grows with what
   * has come, whatever length was declared.
   *
   * @param bytesMax how many it may have
   * @param share takes what is held of a large one
   * @throws RequestException if it has more (413)
   */
  static byte[] read(Request request, int bytesMax, BodyBudget.Share share) throws IOException {
    long length = length(request);
    if (length > bytesMax) {
      throw tooLarge(bytesMax);
    }
    int most = length < 0 ? bytesMax : (int) length;
    InputStream body = request.body();
    byte[] bytes = new byte[Math.min(most, BodyBudget.FREE_BYTES)];
    int size = body.readNBytes(bytes, 0, bytes.length);
    while (size == bytes.length && size < most) {
      bytes = grown(bytes, most, share);
      size += body.readNBytes(bytes, size, bytes.length - size);
    }
    if (length < 0 && size == most && body.read() >= 0) {
      throw tooLarge(bytesMax);
    }
    if (size < length) { // the server says so itself, by an exception of the read
      throw new IOException("the body ended before its length");
    }
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  private static byte[] grown(byte[] full, int most, BodyBudget.Share share) throws IOException {
    int size = (int) Math.min(most, (long) full.length * GROWTH);
    share.take(size - full.length);
    return Arrays.copyOf(full, size);
  }

  /** As it was declared, or -1; the server has checked it. */
  private static long length(Request request) {
    String length = request.header("Content-Length");
    return length == null ? -1 : Long.parseLong(length);
  }

  private static RequestException tooLarge(int bytesMax) {
    return new RequestException(
        413, "a body of more than %d bytes: send less at once".formatted(bytesMax));
  }
}
