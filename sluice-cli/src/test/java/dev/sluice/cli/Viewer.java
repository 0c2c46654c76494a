package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/**
 * One who looks at a stream over HTTP/1.1, chunk by chunk, so that the trailers are seen too.
 *
 * <p>Thread safety: none.
 */
final class Viewer implements Closeable {
  private final RawClient client;
  private final String head;
  private final StringBuilder body = new StringBuilder();

  private Viewer(RawClient client) throws IOException {
    this.client = client;
    this.head = client.readUntil("\r\n\r\n");
    assertTrue(head.startsWith("HTTP/1.1 200 "), head);
    assertTrue(head.contains("Transfer-Encoding: chunked\r\n"), head);
  }

  /** Connects, asks, and waits for the head; it reads nothing more until it is told to. */
  static Viewer of(URI url) throws IOException {
    RawClient client = connect(url);
    client.send(
        "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
            .formatted(url.getPath().isEmpty() ? "/" : url.getPath(), url.getAuthority()));
    return new Viewer(client);
  }

  static RawClient connect(URI url) throws IOException {
    return RawClient.connect(
        new InetSocketAddress(url.getHost(), url.getPort()),
        RawClient.Options.DEFAULTS.withTimeout(Duration.ofSeconds(20)));
  }

  /** Status line and header lines. */
  String head() {
    return head;
  }

  /** Reads chunks until the body ends in a text; returns all of the body so far. */
  String until(String end) throws IOException {
    while (body.indexOf(end, body.length() - end.length()) < 0) {
      assertTrue(readChunk(), "the body ended before " + end);
    }
    return body.toString();
  }

  /** Reads to the last chunk; returns the whole body. */
  String wholeBody() throws IOException {
    while (readChunk()) {}
    return body.toString();
  }

  /** After the body: its trailer, of which there must be one, and the end of the connection. */
  String exitStatus() throws IOException {
    String trailer = client.readUntil("\r\n");
    assertEquals("\r\n", client.readUntil("\r\n"));
    client.expectEnd();
    assertTrue(trailer.startsWith("Sluice-Exit-Status: "), trailer);
    return trailer.substring(trailer.indexOf(' ')).strip();
  }

  private boolean readChunk() throws IOException {
    int size = Integer.parseInt(client.readUntil("\r\n").strip(), 16);
    if (size > 0) {
      body.append(client.readExactly(size));
      assertEquals("\r\n", client.readUntil("\r\n"));
    }
    return size > 0;
  }

  /** Goes, whether the stream has ended or not. */
  @Override
  public void close() throws IOException {
    client.close();
  }
}
