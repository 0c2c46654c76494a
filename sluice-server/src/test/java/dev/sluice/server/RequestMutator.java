package dev.sluice.server;

import java.util.List;
import java.util.Random;

/**
 * Makes streams of requests that are almost right: one to three good ones, with a few bytes
 * flipped, inserted, removed, repeated or moved.
 *
 * <p>A body often holds a request of its own, which a server that miscounts would serve.
 */
final class RequestMutator {
  private static final String INNER = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";

  /** What parsers stumble over. */
  private static final List<String> POISON =
      List.of(
          "\r",
          "\n",
          "\r\n",
          "\n\n",
          "\r\n\r\n",
          "\u0000",
          " ",
          "\t",
          "\u000b",
          ":",
          ";",
          ",",
          "0",
          "-",
          "+",
          "\u007f",
          "\u0080",
          "\u00ff",
          "\r\n ",
          "\r\n\t",
          "chunked",
          "Content-Length: 3\r\n",
          "Content-Length: 0\r\n",
          "Transfer-Encoding: chunked\r\n",
          "0\r\n\r\n",
          "Host: b\r\n",
          "Connection: close\r\n",
          "Expect: 100-continue\r\n",
          "HTTP/1.0",
          "7fffffff",
          "x".repeat(9000),
          INNER);

  private final Random random;

  RequestMutator(long seed) {
    this.random = new Random(seed);
  }

  /** A stream of bytes, as Latin-1. */
  String next() {
    var bytes = new StringBuilder();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      bytes.append(request(i));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      mutate(bytes);
    }
    return bytes.toString();
  }

  private String request(int number) {
    String body = random.nextBoolean() ? INNER : "x".repeat(random.nextInt(60));
    String version = random.nextInt(8) == 0 ? "HTTP/1.0" : "HTTP/1.1";
    String start = " /" + number + " " + version + "\r\nHost: test\r\n";
    return switch (random.nextInt(4)) {
      case 0 -> "GET" + start + "X-Text: caf\u00e9\r\n\r\n";
      case 1 -> "POST" + start + "Content-Length: " + body.length() + "\r\n\r\n" + body;
      case 2 ->
          "POST" + start + "Transfer-Encoding: chunked\r\n\r\n" + chunk(body) + "0\r\nX: y\r\n\r\n";
      default ->
          "PUT"
              + start
              + "transfer-encoding: chunked\r\n\r\n"
              + chunk("a")
              + chunk(body)
              + "0\r\n\r\n";
    };
  }

  private static String chunk(String data) {
    return data.isEmpty() ? "" : Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  private void mutate(StringBuilder bytes) {
    int at = random.nextInt(bytes.length() + 1);
    int end = Math.min(bytes.length(), at + 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 3));
    switch (random.nextInt(8)) {
      case 0, 1 -> bytes.insert(at, POISON.get(random.nextInt(POISON.size())));
      case 2 -> bytes.insert(at, (char) random.nextInt(256));
      case 3 -> bytes.delete(at, end);
      case 4 -> bytes.insert(at, bytes.substring(at, end));
      case 5 -> replaceLineEnd(bytes);
      case 6 -> {
        if (at < bytes.length()) {
          bytes.setCharAt(at, (char) (bytes.charAt(at) ^ (1 << random.nextInt(8))));
        }
      }
      default -> bytes.setLength(random.nextInt(6) == 0 ? at : bytes.length());
    }
    if (bytes.isEmpty()) {
      bytes.append('G');
    }
  }

  private void replaceLineEnd(StringBuilder bytes) {
    int end = bytes.indexOf("\r\n", random.nextInt(bytes.length() + 1));
    if (end >= 0) {
      List<String> others = List.of("\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n", "", " \r\n", "\r\n ");
      bytes.replace(end, end + 2, others.get(random.nextInt(others.size())));
    }
  }

  /** Whether the next choice goes this way: for what a test does besides. */
  boolean flip() {
    return random.nextBoolean();
  }

  /** A place within a text. */
  int placeIn(String text) {
    return random.nextInt(text.length() + 1);
  }
}
