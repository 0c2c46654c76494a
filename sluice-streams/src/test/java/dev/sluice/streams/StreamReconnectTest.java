package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.MemoryStore;
import dev.sluice.server.ServerOptions;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Followers of events that are sent away after a moment, by a server that breaks every silence. */
final class StreamReconnectTest extends StreamFixture {
  private static final Duration INTERVAL = Duration.ofMillis(1);
  private static final String JSON = "Content-Type: application/json\r\n";

  @Override
  protected JournalLimits limits() {
    return JournalLimits.defaults();
  }

  @Override
  protected JournalStore newStore(JournalLimits limits) {
    return new MemoryStore(limits);
  }

  @Override
  protected StreamOptions options() {
    return StreamOptions.defaults().withSseReconnectInterval(INTERVAL);
  }

  @Override
  protected ServerOptions serverOptions() {
    ServerOptions options = super.serverOptions();
    return options.withTimeouts(options.timeouts().withHeartbeat(Duration.ofMillis(1)));
  }

  @Test
  void it_ends_as_if_it_were_whole_and_the_connection_goes_on() throws IOException {
    put("a", TEXT, "abc");
    RawClient client = connect();
    for (int i = 0; i < 3; i++) {
      EventClient events = follow(client, "-1");
      assertEquals("abc", events.data());
      assertTrue(events.control().contains("\"upToDate\":true"));
      events.expectEnd();
    }
    EventClient end = follow(client, "now");
    assertFalse(end.rest().getLast().data().contains("streamClosed"));
  }

  @Test
  void who_comes_back_again_and_again_gets_everything_once() throws Exception {
    put("a", JSON, "");
    CompletableFuture<Void> writer = CompletableFuture.runAsync(this::write);
    RawClient client = connect();
    var got = new StringBuilder();
    String from = "-1";
    boolean closed = false;
    while (!closed) {
      for (EventParser.Event event : follow(client, from).rest()) {
        if (event.type().equals("data")) {
          got.append(event.data(), 1, event.data().length() - 1).append(',');
        } else {
          from = event.data().replaceAll(".*\"streamNextOffset\":\"([0-9_]+)\".*", "$1");
          closed = event.data().contains("streamClosed");
        }
      }
    }
    writer.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    var expected = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      expected.append(message(i)).append(',');
    }
    assertEquals(expected.toString(), got.toString());
  }

  private void write() {
    try {
      for (int i = 0; i < 300; i++) {
        post("a", JSON, message(i));
      }
      close("a");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A few are larger than a frame. */
  private static String message(int i) {
    return "\"" + i + "x".repeat(i % 50 == 7 ? 150_000 : 10) + "\"";
  }

  /** It is sent away when its time is long over: at the end of an event that has many frames. */
  @Test
  void neither_the_end_nor_a_heartbeat_is_ever_within_an_event() throws IOException {
    put("a", JSON, "");
    String large = "\"" + "x".repeat(3_000_000) + "\"";
    store.open("b", JournalOptions.defaults().withContentType("application/json"));
    Journal journal = store.find("b");
    new Recorded(journal).out(large + "\n" + large + "\n");
    RawClient slow = connect(RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096));
    EventClient events =
        new EventClient(slow.send(headOf("GET /v1/stream/b?live=sse&offset=-1", "")));
    List<EventParser.Event> all = events.rest();
    String data =
        all.stream()
            .filter(event -> event.type().equals("data"))
            .map(event -> event.data().substring(1, event.data().length() - 1))
            .reduce("", (one, other) -> one + other + ",");
    assertTrue(data.equals(large + "," + large + ","), "the two messages");
    assertEquals("control", all.getLast().type());
  }

  private static EventClient follow(RawClient client, String from) throws IOException {
    return new EventClient(client.send(headOf("GET /v1/stream/a?live=sse&offset=" + from, "")));
  }
}
