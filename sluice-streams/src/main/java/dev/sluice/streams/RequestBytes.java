package dev.sluice.streams;

import dev.sluice.Request;
import dev.sluice.RequestException;
import java.io.IOException;

/** Reads the body of a request that becomes one record. */
final class RequestBytes {
  private RequestBytes() {}

  /**
   * Reads all of it, or fails: also if the client goes in the middle.
   *
   * @param bytesMax how many it may have; so many at most are held
   * @throws RequestException if it has more (413)
   */
  static byte[] read(Request request, int bytesMax) throws IOException {
    long length = length(request);
    if (length > bytesMax) {
      throw tooLarge(bytesMax);
    }
    if (length >= 0) {
      return request.body().readNBytes((int) length);
    }
    byte[] bytes = request.body().readNBytes(bytesMax);
    if (bytes.length == bytesMax && request.body().read() >= 0) {
      throw tooLarge(bytesMax);
    }
    return bytes;
  }

  /** How many bytes reading it will hold at most. */
  static long atMost(Request request, int bytesMax) {
    long length = length(request);
    return length < 0 ? bytesMax : Math.min(length, bytesMax);
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
