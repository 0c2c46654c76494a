package dev.sluice.streams;

import java.util.ArrayList;
import java.util.List;

/**
 * Server-sent events as a browser reads them (WHATWG HTML, section 9.2.6), written after that text
 * and not after what it is to check. Bytes stay bytes: text is Latin-1 of them.
 */
final class EventParser {
  /**
   * An event.
   *
   * @param id the last one that was told, in this event or before it
   */
  record Event(String type, String data, String id) {}

  private final List<Event> events = new ArrayList<>();
  private final StringBuilder line = new StringBuilder();
  private final StringBuilder data = new StringBuilder();
  private String type = "";
  private String id = "";
  private boolean afterReturn;
  private int comments;
  private String retry = "";

  /** All events of a whole stream. */
  static List<Event> parse(String stream) {
    var parser = new EventParser();
    parser.put(stream);
    return parser.take();
  }

  /** Takes more of the stream. */
  void put(String stream) {
    for (int i = 0; i < stream.length(); i++) {
      char c = stream.charAt(i);
      if (c == '\n' && afterReturn) {
        afterReturn = false;
        continue;
      }
      afterReturn = c == '\r';
      if (c == '\n' || c == '\r') {
        onLine(line.toString());
        line.setLength(0);
      } else {
        line.append(c);
      }
    }
  }

  /** The events that came since the last call. */
  List<Event> take() {
    var taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  /** Whether what came last is between two events. */
  boolean isBetween() {
    return line.isEmpty() && data.isEmpty() && type.isEmpty();
  }

  int comments() {
    return comments;
  }

  String retry() {
    return retry;
  }

  private void onLine(String text) {
    if (text.isEmpty()) {
      dispatch();
      return;
    }
    int colon = text.indexOf(':');
    if (colon == 0) {
      if (!data.isEmpty() || !type.isEmpty()) {
        throw new AssertionError("a comment within an event: " + text);
      }
      comments++;
      return;
    }
    String field = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    onField(field, value.startsWith(" ") ? value.substring(1) : value);
  }

  private void onField(String field, String value) {
    switch (field) {
      case "event" -> type = value;
      case "data" -> data.append(value).append('\n');
      case "id" -> id = value;
      case "retry" -> retry = value;
      default -> throw new AssertionError("a field that nobody knows: " + field);
    }
  }

  private void dispatch() {
    if (!data.isEmpty()) {
      data.setLength(data.length() - 1);
      events.add(new Event(type.isEmpty() ? "message" : type, data.toString(), id));
    }
    data.setLength(0);
    type = "";
  }
}
