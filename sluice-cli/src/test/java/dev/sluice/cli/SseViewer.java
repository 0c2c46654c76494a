package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One who follows a stream as server-sent events, as an EventSource does that tells all it gets.
 *
 * <p>Thread safety: none.
 */
final class SseViewer implements Closeable {
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9a-f]{4})|(.))");
  private static final Pattern DATA = Pattern.compile("\\{\"(text|base64)\":\"(.*)\"\\}");

  /**
   * An event; what it lacks is empty.
   *
   * @param type also {@code retry} for the time between attempts, which is its data
   */
  record Event(String type, String id, String data) {

    boolean isOutput() {
      return type.equals("stdout") || type.equals("stderr");
    }

    /** The bytes of a piece of output. */
    byte[] bytes() {
      Matcher matcher = DATA.matcher(data);
      assertTrue(matcher.matches(), data);
      return matcher.group(1).equals("text")
          ? unescape(matcher.group(2)).getBytes(StandardCharsets.UTF_8)
          : Base64.getDecoder().decode(matcher.group(2));
    }

    private static String unescape(String text) {
      return ESCAPE
          .matcher(text)
          .replaceAll(match -> {
            String hex = match.group(1);
            String plain =
                hex != null
                    ? Character.toString(Integer.parseInt(hex, 16))
                    : match.group(2).replace('n', '\n').replace('r', '\r').replace('t', '\t');
            return Matcher.quoteReplacement(plain);
          });
    }
  }

  private final Viewer viewer;
  private String rest = "";

  private SseViewer(Viewer viewer) {
    this.viewer = viewer;
    assertEquals("text/event-stream", viewer.header("Content-Type"));
  }

  /** Follows, with some more header lines. */
  static SseViewer of(URI url, String... headers) throws IOException {
    String[] all =
        Stream.concat(Stream.of("Accept: text/event-stream"), Stream.of(headers))
            .toArray(String[]::new);
    SseViewer sse = new SseViewer(Viewer.of(url, all));
    assertEquals(new Event("retry", "", "1000"), sse.next());
    return sse;
  }

  /** Comes back to where an event has left it. */
  static SseViewer resumed(URI url, String lastEventId) throws IOException {
    return of(url, "Last-Event-ID: " + lastEventId);
  }

  /** Waits for the next event; comments are left out. */
  Event next() throws IOException {
    while (true) {
      int end = rest.indexOf("\n\n");
      if (end < 0) {
        String chunk = viewer.chunk();
        if (chunk == null) {
          throw new AssertionError("the stream ended without an event end: " + rest);
        }
        rest += new String(chunk.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        continue;
      }
      String event = rest.substring(0, end);
      rest = rest.substring(end + 2);
      if (!event.startsWith(":")) {
        return parse(event);
      }
    }
  }

  private static Event parse(String text) {
    String type = "";
    String id = "";
    String data = "";
    for (String line : text.lines().toList()) {
      String value = line.substring(line.indexOf(": ") + 2);
      switch (line.substring(0, line.indexOf(": "))) {
        case "event" -> type = value;
        case "id" -> id = value;
        case "data" -> data = value;
        case "retry" -> {
          type = "retry";
          data = value;
        }
        default -> throw new AssertionError("unknown field: " + line);
      }
    }
    return new Event(type, id, data);
  }

  /** Waits for the event that tells the end, which must be the last; returns all up to it. */
  List<Event> toEnd() throws IOException {
    List<Event> events = new ArrayList<>();
    do {
      events.add(next());
    } while (!events.getLast().type().equals("end"));
    assertEquals("", rest);
    assertEquals(null, viewer.chunk());
    viewer.expectEnd();
    return events;
  }

  /** The output in some events, as text. */
  static String text(List<Event> events) {
    var bytes = new ByteArrayOutputStream();
    events.stream().filter(Event::isOutput).map(Event::bytes).forEach(bytes::writeBytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  Viewer viewer() {
    return viewer;
  }

  @Override
  public void close() throws IOException {
    viewer.close();
  }
}
