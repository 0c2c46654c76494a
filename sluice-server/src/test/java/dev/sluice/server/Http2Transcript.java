package dev.sluice.server;

import dev.sluice.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes down what comes on one stream of a connection, frame by frame, as text that a test can
 * compare. It acknowledges SETTINGS and PING, and grants nothing.
 */
final class Http2Transcript {
  private static final String END = " END_STREAM\n";

  private final Http2Frames frames;
  private final HeaderReader headers = new HeaderReader();

  /** Goes on with a connection on which only this reads. */
  Http2Transcript(Http2Frames frames) {
    this.frames = frames;
  }

  /** The frames of a stream to its end, one a line, fields indented below; without Date. */
  String ofStream(int stream) throws IOException {
    var text = new StringBuilder();
    for (Http2Frame frame = frames.read(); frame != null; frame = frames.read()) {
      boolean ours = frame.stream() == stream;
      if (frame.type() == Http2Frame.GOAWAY) {
        text.append("GOAWAY ").append(frame.error()).append('\n');
      }
      String line = take(frame);
      text.append(ours ? line : "");
      if (ours && (line.contains(END) || frame.type() == Http2Frame.RST_STREAM)) {
        return text.toString();
      }
    }
    return text.append("the end of the connection\n").toString();
  }

  private String take(Http2Frame frame) throws IOException {
    return switch (frame.type()) {
      case Http2Frame.SETTINGS, Http2Frame.PING -> {
        if (!frame.has(Http2Frame.ACK)) {
          frames.write(frame.acknowledgement());
        }
        yield "";
      }
      case Http2Frame.HEADERS, Http2Frame.CONTINUATION -> {
        Http2Frame whole = headers.add(frame);
        yield whole == null ? "" : "HEADERS" + end(whole) + fields(headers.decode(whole));
      }
      case Http2Frame.DATA ->
          "DATA %s%s"
              .formatted(new String(frame.payload(), StandardCharsets.ISO_8859_1), end(frame));
      case Http2Frame.RST_STREAM -> "RST_STREAM %d%n".formatted(frame.error());
      default -> "";
    };
  }

  private static String end(Http2Frame frame) {
    return frame.has(Http2Frame.END_STREAM) ? END : "\n";
  }

  private static String fields(ReceivedHead head) {
    var text = new StringBuilder(head.status() == 0 ? "" : "  :status: " + head.status() + "\n");
    for (Headers.Field field : head.headers()) {
      if (!field.name().equals("date")) {
        text.append("  ").append(field.name()).append(": ").append(field.value()).append('\n');
      }
    }
    return text.toString();
  }
}
