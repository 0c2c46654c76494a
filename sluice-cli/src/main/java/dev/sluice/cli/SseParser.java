package dev.sluice.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes events of the bytes of a {@code text/event-stream} (HTML, section 9.2.6), however they are
 * cut into pieces. Lines end with CR, LF, or both. An event whose empty line has not come is none.
 *
 * <p>Thread safety: none.
 */
final class SseParser {
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final int bytesMax;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private String type = "";
  private boolean hasData;
  private boolean first = true;
  private boolean afterReturn;

  /**
   * A new one.
   *
   * @param bytesMax how large an event may be
   */
  SseParser(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Takes the next bytes.
   *
   * @return the events that they complete
   * @throws CliException if an event is too large; the parser is of no use then
   */
  List<SseEvent> feed(byte[] bytes, int count) throws CliException {
    List<SseEvent> events = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < count; i++) {
      byte each = bytes[i];
      if (each == '\n' || each == '\r') {
        take(bytes, begin, i);
        begin = i + 1;
        if (each == '\r' || !afterReturn) {
          endLine(events);
        }
        afterReturn = each == '\r';
      } else {
        afterReturn = false;
      }
    }
    take(bytes, begin, count);
    return events;
  }

  private void take(byte[] bytes, int from, int to) throws CliException {
    if ((long) line.size() + data.size() + to - from > bytesMax) {
      throw new CliException(
          ExitStatus.FAILED, "the server sent an event of more than %d bytes".formatted(bytesMax));
    }
    line.write(bytes, from, to - from);
  }

  private void endLine(List<SseEvent> events) {
    byte[] text = line.toByteArray();
    line.reset();
    int from = first && startsWithMark(text) ? MARK.length : 0;
    first = false;
    if (from == text.length) {
      dispatch(events);
      return;
    }
    int colon = from;
    while (colon < text.length && text[colon] != ':') {
      colon++;
    }
    int value = Math.min(colon + 1, text.length);
    if (value < text.length && text[value] == ' ') {
      value++;
    }
    switch (new String(text, from, colon - from, StandardCharsets.UTF_8)) {
      case "event" -> type = new String(text, value, text.length - value, StandardCharsets.UTF_8);
      case "data" -> {
        if (hasData) {
          data.write('\n');
        }
        data.write(text, value, text.length - value);
        hasData = true;
      }
      default -> {} // a comment, an id, the time to come again, or of a later day
    }
  }

  private void dispatch(List<SseEvent> events) {
    if (hasData) {
      events.add(new SseEvent(type.isEmpty() ? "message" : type, data.toByteArray()));
    }
    type = "";
    data.reset();
    hasData = false;
  }

  private static boolean startsWithMark(byte[] text) {
    return text.length >= MARK.length
        && text[0] == MARK[0]
        && text[1] == MARK[1]
        && text[2] == MARK[2];
  }
}
