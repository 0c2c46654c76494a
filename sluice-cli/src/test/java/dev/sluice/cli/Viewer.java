package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One who looks at a stream over HTTP/1.1, chunk by chunk, so that the trailers are seen too. It
 * reads nothing that it is not told to.
 *
 * <p>Thread safety: none.
 */
final class Viewer implements Closeable {
  private static final RawClient.Options PATIENT =
      RawClient.Options.DEFAULTS.withTimeout(Duration.ofSeconds(60));

  private final RawClient client;
  private final String head;
  private final StringBuilder body = new StringBuilder();

  /** What is unread of a chunk that was begun. */
  private int left;

  private Viewer(RawClient client) throws IOException {
    this.client = client;
    this.head = client.readUntil("\r\n\r\n");
    assertTrue(head.startsWith("HTTP/1.1 200 "), head);
    assertTrue(head.contains("Transfer-Encoding: chunked\r\n"), head);
  }

  /** Connects, asks with some more header lines, and waits for the head. */
  static Viewer of(URI url, String... headers) throws IOException {
    return new Viewer(connect(url).send(request(url, headers)));
  }

  /** Likewise, with room for little that it has not read. */
  static Viewer slow(URI url) throws IOException {
    return new Viewer(connect(url, PATIENT.withReceiveBufferBytes(16 * 1024)).send(request(url)));
  }

  /** The whole answer to a request, which may be a refusal. */
  static String answer(URI url, String... headers) throws IOException {
    try (RawClient client = connect(url)) {
      return client.send(request(url, headers)).readToEnd();
    }
  }

  private static String request(URI url, String... headers) {
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    return "GET %s%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n"
        .formatted(url.getRawPath(), query, url.getAuthority(), more);
  }

  static RawClient connect(URI url) throws IOException {
    return connect(url, PATIENT);
  }

  private static RawClient connect(URI url, RawClient.Options options) throws IOException {
    return RawClient.connect(new InetSocketAddress(url.getHost(), url.getPort()), options);
  }

  /** Status line and header lines. */
  String head() {
    return head;
  }

  /** The value of a header field that must be there. */
  String header(String name) {
    return head.lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is missing:\n" + head));
  }

  /** Reads chunks until the body ends in a text; returns all of the body so far. */
  String until(String end) throws IOException {
    while (body.indexOf(end, Math.max(0, body.length() - end.length())) < 0) {
      assertTrue(readChunk(), "the body ended before " + end);
    }
    return body.toString();
  }

  /** Reads to the last chunk; returns the whole body. */
  String wholeBody() throws IOException {
    while (readChunk()) {}
    return body.toString();
  }

  /** Reads to the last chunk; returns the checksum of what was not read before. */
  long checksum() throws IOException {
    var sum = new CRC32();
    for (String chunk = chunk(); chunk != null; chunk = chunk()) {
      sum.update(chunk.getBytes(StandardCharsets.ISO_8859_1));
    }
    return sum.getValue();
  }

  /** After the body: its trailer, of which there must be one, and the end of the connection. */
  String exitStatus() throws IOException {
    String trailer = client.readUntil("\r\n");
    assertEquals("\r\n", client.readUntil("\r\n"));
    client.expectEnd();
    assertTrue(trailer.startsWith("Sluice-Exit-Status: "), trailer);
    return trailer.substring(trailer.indexOf(' ')).strip();
  }

  /** After the body: no trailer, and the end of the connection. */
  void expectEnd() throws IOException {
    assertEquals("\r\n", client.readUntil("\r\n"));
    client.expectEnd();
  }

  /** Reads on, to an end of the connection that must not be one of the body. */
  void expectCut() throws IOException {
    try {
      while (chunk() != null) {}
    } catch (AssertionError e) {
      assertTrue(
          e.getMessage().startsWith("the end of the stream")
              || e.getMessage().startsWith("Connection reset"),
          e.getMessage());
      return;
    }
    throw new AssertionError("it has a clean end");
  }

  /** Reads so many bytes of the body, and no further. */
  String read(int count) throws IOException {
    int start = body.length();
    while (body.length() < start + count) {
      assertTrue(left > 0 || beginChunk(), "the body ended too soon");
      body.append(readLeft(Math.min(left, start + count - body.length())));
    }
    return body.substring(start);
  }

  /** The next chunk, or the rest of one, as Latin-1; null at the last one. */
  @Nullable String chunk() throws IOException {
    return left > 0 || beginChunk() ? readLeft(left) : null;
  }

  private boolean beginChunk() throws IOException {
    left = Integer.parseInt(client.readUntil("\r\n").strip(), 16);
    return left > 0;
  }

  private String readLeft(int count) throws IOException {
    String bytes = client.readExactly(count);
    left -= count;
    if (left == 0) {
      assertEquals("\r\n", client.readUntil("\r\n"));
    }
    return bytes;
  }

  private boolean readChunk() throws IOException {
    String chunk = chunk();
    if (chunk != null) {
      body.append(chunk);
    }
    return chunk != null;
  }

  /** Goes, whether the stream has ended or not. */
  @Override
  public void close() throws IOException {
    client.close();
  }

  /** Goes at once, with a reset. */
  void reset() throws IOException {
    client.reset();
  }
}
