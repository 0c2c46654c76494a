package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Reads a chunked response of server-sent events while it comes, chunk by chunk. */
final class EventClient {
  final StreamFixture.Answer head;
  final EventParser parser = new EventParser();

  private final RawClient client;
  private final Deque<EventParser.Event> events = new ArrayDeque<>();
  private boolean ended;

  /** Reads the head of what was asked for. */
  EventClient(RawClient client) throws IOException {
    this.client = client;
    this.head = StreamFixture.Answer.parse(client.readUntil("\r\n\r\n"));
  }

  /** The next event; waits for it. */
  EventParser.Event next() throws IOException {
    while (events.isEmpty()) {
      assertTrue(readChunk(), "the end, where an event was expected");
    }
    return events.poll();
  }

  /** The data of the next event, which is data. */
  String data() throws IOException {
    EventParser.Event event = next();
    assertEquals("data", event.type());
    return event.data();
  }

  /** The JSON of the next event, which is control. */
  String control() throws IOException {
    EventParser.Event event = next();
    assertEquals("control", event.type());
    return event.data();
  }

  /** All events up to the end, which must be told by the last chunk, and between two events. */
  List<EventParser.Event> rest() throws IOException {
    while (readChunk()) {
      // to the end
    }
    List<EventParser.Event> rest = new ArrayList<>(events);
    events.clear();
    return rest;
  }

  /** Reads no more but the last chunk. */
  void expectEnd() throws IOException {
    assertEquals(List.of(), rest());
  }

  /** Takes a chunk; false if it is the last one. */
  boolean readChunk() throws IOException {
    if (ended) {
      return false;
    }
    int size = Integer.parseInt(client.readUntil("\r\n").strip(), 16);
    parser.put(size == 0 ? "" : client.readExactly(size));
    assertEquals("\r\n", client.readExactly(2));
    events.addAll(parser.take());
    ended = size == 0;
    assertTrue(!ended || parser.isBetween(), "the end is in the middle of an event");
    return !ended;
  }

  /** How many events wait to be taken. */
  int waiting() {
    return events.size();
  }
}
