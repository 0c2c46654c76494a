package dev.sluice.server;

import dev.sluice.Headers;
import dev.sluice.testkit.RawClient;
import java.io.IOException;

/**
 * A response as a strict client reads it, no byte further than its end.
 *
 * @param status of the final response; interim ones are skipped
 * @param headers its fields
 * @param body without chunks
 */
record Reply(int status, Headers headers, String body) {

  /** Reads a whole response to anything but HEAD; one that is cut throws an AssertionError. */
  static Reply read(RawClient client) throws IOException {
    return read(client, true);
  }

  /** Reads a whole response. */
  static Reply read(RawClient client, boolean hasBody) throws IOException {
    String[] lines = client.readUntil("\r\n\r\n").split("\r\n", 0);
    if (!lines[0].matches("HTTP/1\\.1 [1-9][0-9][0-9] [ -~]*")) {
      throw new AssertionError("not a status line: " + lines[0]);
    }
    int status = Integer.parseInt(lines[0].substring(9, 12));
    if (status < 200 && status != 101) {
      return read(client, hasBody);
    }
    Headers headers = new Headers();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(": ");
      headers.add(lines[i].substring(0, colon), lines[i].substring(colon + 2));
    }
    boolean bodiless = !hasBody || status == 204 || status == 304 || status == 101;
    return new Reply(status, headers, bodiless ? "" : body(client, headers));
  }

  private static String body(RawClient client, Headers headers) throws IOException {
    String length = headers.get("Content-Length");
    if (length != null) {
      return client.readExactly(Integer.parseInt(length));
    }
    if (!headers.containsToken("Transfer-Encoding", "chunked")) {
      return client.readToEnd();
    }
    var body = new StringBuilder();
    for (int size = chunkSize(client); size > 0; size = chunkSize(client)) {
      body.append(client.readExactly(size));
      expect("\r\n", client.readExactly(2));
    }
    expect("\r\n", client.readUntil("\r\n"));
    return body.toString();
  }

  private static int chunkSize(RawClient client) throws IOException {
    String line = client.readUntil("\r\n");
    return Integer.parseInt(line.substring(0, line.length() - 2), 16);
  }

  private static void expect(String expected, String actual) {
    if (!actual.equals(expected)) {
      throw new AssertionError("a chunk that ends with " + actual);
    }
  }

  /** Whether the server says that it will close the connection. */
  boolean closes() {
    return headers.containsToken("Connection", "close");
  }
}
