package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of a chunked response while it comes. Reads strictly, and no byte further than it must;
 * a response that is cut throws an AssertionError, and only the last chunk is an end.
 */
final class FollowedBody extends InputStream {
  private final RawClient client;
  private final String head;
  private String trailers = "";
  private byte[] chunk = new byte[0];
  private int index;
  private int left;
  private boolean begun;
  private boolean ended;

  private FollowedBody(RawClient client, String head) {
    this.client = client;
    this.head = head;
  }

  /** Reads the head, which must be that of a chunked 200. */
  static FollowedBody read(RawClient client) throws IOException {
    String head = client.readUntil("\r\n\r\n");
    assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
    assertTrue(head.contains("\r\nTransfer-Encoding: chunked\r\n"), head);
    return new FollowedBody(client, head);
  }

  String head() {
    return head;
  }

  /** What stood between the last chunk and the empty line. */
  String trailers() {
    assertTrue(ended, "the end was read");
    return trailers;
  }

  String readText(int count) throws IOException {
    return new String(readNBytes(count), ISO_8859_1);
  }

  String readToEnd() throws IOException {
    return new String(readAllBytes(), ISO_8859_1);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (index == chunk.length && !fill()) {
      return -1;
    }
    int count = Math.min(length, chunk.length - index);
    System.arraycopy(chunk, index, target, offset, count);
    index += count;
    return count;
  }

  /** Reads some of a chunk; a slow client does not wait for a whole one. */
  private boolean fill() throws IOException {
    if (left == 0 && !ended) {
      nextChunk();
    }
    int count = Math.min(left, 4096);
    chunk = client.readExactly(count).getBytes(ISO_8859_1);
    index = 0;
    left -= count;
    return count > 0;
  }

  private void nextChunk() throws IOException {
    String size = client.readUntil("\r\n");
    if (begun) {
      assertTrue(size.equals("\r\n"), () -> "a chunk that ends with " + size);
    }
    left = Integer.parseInt((begun ? client.readUntil("\r\n") : size).trim(), 16);
    begun = true;
    if (left == 0) {
      ended = true;
      var fields = new StringBuilder();
      for (String line = client.readUntil("\r\n");
          !line.equals("\r\n");
          line = client.readUntil("\r\n")) {
        fields.append(line);
      }
      trailers = fields.toString();
    }
  }
}
