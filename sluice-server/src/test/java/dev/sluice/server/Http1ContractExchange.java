package dev.sluice.server;

import dev.sluice.Headers;
import java.io.IOException;

/** One request and its response on a connection of HTTP/1.1. */
final class Http1ContractExchange extends ContractExchange {
  private enum Framing {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private final Http1ContractClient client;
  private final boolean answersHead;
  private Framing framing = Framing.NONE;
  private long remaining;
  private boolean inChunk;
  private boolean ended;
  private Headers trailers = new Headers();

  Http1ContractExchange(Http1ContractClient client, boolean answersHead) {
    this.client = client;
    this.answersHead = answersHead;
  }

  @Override
  void send(String bodyPart) throws IOException {
    client.write("%x\r\n%s\r\n".formatted(bodyPart.length(), bodyPart));
  }

  @Override
  void endBody() throws IOException {
    client.write("0\r\n\r\n");
  }

  @Override
  ReceivedHead receiveHead() throws IOException {
    String line = client.readLine();
    if (!line.matches("HTTP/1\\.1 [1-9][0-9][0-9] .*")) {
      throw new AssertionError("not a status line: " + line);
    }
    int status = Integer.parseInt(line.substring(9, 12));
    Headers headers = readFields();
    if (status >= 200) {
      frame(status, headers);
    }
    return new ReceivedHead(status, headers);
  }

  private void frame(int status, Headers headers) {
    String length = headers.get("Content-Length");
    boolean chunked = "chunked".equals(headers.get("Transfer-Encoding"));
    if (chunked && (length != null || answersHead)) {
      throw new AssertionError("Transfer-Encoding where it must not be: " + headers);
    }
    if (answersHead || status == 204 || status == 304) {
      framing = Framing.NONE;
    } else if (chunked) {
      framing = Framing.CHUNKED;
    } else if (length != null) {
      framing = Framing.LENGTH;
      remaining = Long.parseLong(length);
    } else {
      framing = Framing.UNTIL_CLOSE;
    }
  }

  private Headers readFields() throws IOException {
    var fields = new Headers();
    for (String line = client.readLine(); !line.isEmpty(); line = client.readLine()) {
      int colon = line.indexOf(": ");
      if (colon < 0) {
        throw new AssertionError("not a field: " + line);
      }
      fields.add(line.substring(0, colon), line.substring(colon + 2));
    }
    return fields;
  }

  @Override
  int receive(byte[] target, int offset, int length) throws IOException {
    if (framing == Framing.CHUNKED && remaining == 0 && !ended) {
      nextChunk();
    }
    if (ended || framing == Framing.NONE || (framing != Framing.UNTIL_CLOSE && remaining == 0)) {
      return -1;
    }
    boolean counted = framing != Framing.UNTIL_CLOSE;
    int count = client.read(target, offset, counted ? (int) Math.min(length, remaining) : length);
    if (count < 0 && counted) {
      throw new CutException("the connection ended %d bytes early".formatted(remaining));
    }
    remaining -= counted ? count : 0;
    return count;
  }

  private void nextChunk() throws IOException {
    if (inChunk && !client.readLine().isEmpty()) {
      throw new AssertionError("a chunk is longer than its size");
    }
    String size = client.readLine();
    remaining = Long.parseLong(size, 16);
    inChunk = remaining > 0;
    if (!inChunk) {
      trailers = readFields();
      ended = true;
    }
  }

  @Override
  Headers trailers() {
    return trailers;
  }

  @Override
  void cancel() throws IOException {
    client.close();
  }
}
