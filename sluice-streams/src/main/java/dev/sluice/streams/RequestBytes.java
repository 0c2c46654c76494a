package dev.sluice.streams;

import dev.sluice.Request;
import dev.sluice.RequestException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Reads the body of a request that becomes one record. */
final class RequestBytes {
  private static final int STEP_BYTES = 64 * 1024;

  private RequestBytes() {}

  /**
   * Reads all of it, or fails: also if the client goes in the middle.
   *
   * @param bytesMax how many it may have; so many at most are held
   * @param share takes what has come of a large one
   * @throws RequestException if it has more (413)
   */
  static byte[] read(Request request, int bytesMax, BodyBudget.Share share) throws IOException {
    long length = length(request);
    if (length > bytesMax) {
      throw tooLarge(bytesMax);
    }
    InputStream body = request.body();
    if (length >= 0 && length <= STEP_BYTES) {
      byte[] all = new byte[(int) length];
      return body.readNBytes(all, 0, all.length) == all.length ? all : cut();
    }
    byte[] part = body.readNBytes(Math.min(STEP_BYTES, bytesMax));
    if (part.length < STEP_BYTES && part.length < bytesMax) {
      return part;
    }
    List<byte[]> parts = new ArrayList<>();
    int size = 0;
    while (part.length > 0) {
      parts.add(part);
      size += part.length;
      share.take(STEP_BYTES);
      part = body.readNBytes(Math.min(STEP_BYTES, bytesMax - size));
    }
    if (size == bytesMax && body.read() >= 0) {
      throw tooLarge(bytesMax);
    }
    return joined(parts, size);
  }

  private static byte[] joined(List<byte[]> parts, int size) {
    byte[] all = new byte[size];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /** As it was declared, or -1; the server has checked it. */
  private static long length(Request request) {
    String length = request.header("Content-Length");
    return length == null ? -1 : Long.parseLong(length);
  }

  /** The server says so itself, by an exception of the read. */
  private static byte[] cut() throws IOException {
    throw new IOException("the body ended before its length");
  }

  private static RequestException tooLarge(int bytesMax) {
    return new RequestException(
        413, "a body of more than %d bytes: send less at once".formatted(bytesMax));
  }
}
