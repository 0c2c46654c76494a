package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The raw body of a response, read as fast as it comes and compared with what it must be, not kept.
 * Where {@link FollowedBody} would be too slow.
 */
final class ColdFollowBody {
  private final InputStream in;
  private final boolean chunked;
  private final byte[] expected;
  private final byte[] buffer = new byte[64 * 1024];
  private int position;

  /** Reads the head. */
  ColdFollowBody(RawClient client, byte[] expected, int from) throws IOException {
    String head = client.readUntil("\r\n\r\n");
    assertTrue(head.contains(" 200 OK\r\n"), head);
    this.chunked = head.contains("\r\nTransfer-Encoding: chunked\r\n");
    this.in = new BufferedInputStream(client.socket().getInputStream(), 64 * 1024);
    this.expected = expected;
    this.position = from;
  }

  /** Reads to the end, which must be said, and come where the expected bytes end. */
  void readToEnd() {
    try {
      if (chunked) {
        for (long size = chunkSize(); size > 0; size = chunkSize()) {
          read(size);
          assertEquals("", line());
        }
        assertEquals("", line());
      } else {
        read(Long.MAX_VALUE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("at " + position, e);
    }
    assertEquals(expected.length, position);
  }

  private long chunkSize() throws IOException {
    return Long.parseLong(line(), 16);
  }

  private void read(long size) throws IOException {
    long left = size;
    while (left > 0) {
      int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        if (chunked) {
          throw new EOFException("a cut with " + left + " bytes of a chunk to come");
        }
        return;
      }
      int differs =
          Arrays.mismatch(
              buffer, 0, count, expected, position, Math.min(expected.length, position + count));
      assertEquals(-1, differs, () -> "what differs at " + position);
      position += count;
      left -= count;
    }
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("a cut between chunks");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }
}
