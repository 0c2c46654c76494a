package dev.sluice.cli;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A stream of another server as far as it is read: closed in the end, with offsets like no others,
 * answers of any size, and cuts anywhere. What a seed chooses is the same each time.
 *
 * <p>Thread safety: one request at a time.
 */
final class FakeStream implements Handler {
  private final List<byte[]> records;
  private final String type;
  private final Random random;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private int cuts;

  /**
   * A new one.
   *
   * @param records what it holds; in JSON a message each
   * @param cuts how often it is cut
   */
  FakeStream(List<byte[]> records, String type, Random random, int cuts) {
    this.records = records;
    this.type = type;
    this.random = random;
    this.cuts = cuts;
  }

  /** What was asked. */
  List<String> requests() {
    return requests;
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    requests.add(request.method() + " " + request.target());
    String offset = request.query("offset");
    int from = offset == null || offset.equals("-1") ? 0 : Integer.parseInt(offset.substring(2));
    if (request.method().equals("HEAD")) {
      response.type(type).header("Stream-Next-Offset", offset(records.size()));
    } else if ("sse".equals(request.query("live"))) {
      events(from, response);
    } else {
      // Catching up ends in the middle, so that there is something to follow.
      int end = request.query("live") == null ? records.size() / 2 : records.size();
      answer(from, Math.max(from, end), response);
    }
  }

  private static String offset(int index) {
    return "o.%06d".formatted(index);
  }

  private void answer(int from, int end, Response response) throws IOException {
    int to = Math.min(end, from + 1 + random.nextInt(40));
    boolean closed = to == records.size();
    if (closed && from == to) {
      response.status(204);
    } else {
      response.type(type);
    }
    response.header("Stream-Next-Offset", offset(to)).header("Stream-Cursor", "c" + to);
    if (to == end) {
      response.header("Stream-Up-To-Date", "true");
    }
    if (closed) {
      response.header("Stream-Closed", "TRUE");
    }
    if (!closed || from < to) {
      write(body(from, to), response);
    }
  }

  private byte[] body(int from, int to) {
    boolean json = type.equals("application/json");
    var body = new ByteArrayOutputStream();
    body.writeBytes(ascii(json ? "[" : ""));
    for (int i = from; i < to; i++) {
      String between = json && i > from ? List.of(",", " ,\r\n").get(random.nextInt(2)) : "";
      body.writeBytes(ascii(between));
      body.writeBytes(records.get(i));
    }
    body.writeBytes(ascii(json ? "]" : ""));
    return body.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private void events(int from, Response response) throws IOException {
    response.type("text/event-stream");
    if (!type.equals("application/json")) {
      response.header("stream-sse-data-encoding", "base64");
    }
    response.flush();
    int at = from;
    for (int events = random.nextInt(30); events >= 0 && at < records.size(); events--) {
      int to = Math.min(records.size(), at + 1 + random.nextInt(3));
      write(event(at, to), response);
      at = to;
    }
  }

  /** An event with data, and often one that tells the offset. */
  private byte[] event(int from, int to) {
    byte[] body = body(from, to);
    boolean json = type.equals("application/json");
    String data =
        json
            ? new String(body, StandardCharsets.UTF_8)
            : Base64.getMimeEncoder(16, ascii("\n")).encodeToString(body);
    var text = new StringBuilder("event: data\n");
    data.lines().forEach(line -> text.append("data: ").append(line).append("\r\n"));
    text.append("\n");
    boolean closed = to == records.size();
    if (closed || random.nextInt(3) > 0) {
      String more = closed ? "\"streamClosed\":true" : "\"streamCursor\":\"c1\"";
      text.append(
          "event:control\ndata:{\"streamNextOffset\":\"%s\",%s}\n\n".formatted(offset(to), more));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void write(byte[] bytes, Response response) throws IOException {
    if (cuts > 0 && random.nextInt(4) == 0) {
      cuts--;
      response.write(bytes, 0, random.nextInt(bytes.length + 1));
      response.flush();
      response.abort("as the seed says");
      return;
    }
    response.write(bytes);
    response.flush();
  }
}
