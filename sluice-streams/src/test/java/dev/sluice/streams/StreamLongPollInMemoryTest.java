package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.MemoryStore;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StreamLongPollInMemoryTest extends StreamLongPollContract {
  @Override
  protected JournalStore newStore(JournalLimits limits) {
    return new MemoryStore(limits);
  }

  @Test
  void one_append_wakes_a_thousand() throws IOException {
    put("a", TEXT, "abc");
    List<RawClient> polls = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      polls.add(poll("a", offset(3)));
    }
    awaitRunning(1000);
    post("a", TEXT, "d");
    for (RawClient poll : polls) {
      assertEquals("d", answer(poll).body());
    }
  }

  /** One that nobody waits for expires first, although it is the youngest. */
  @Test
  void one_that_somebody_waits_for_does_not_expire() throws IOException {
    for (String name : List.of("a", "b", "c")) {
      put(name, TEXT + "Stream-TTL: 1\r\n", "x");
    }
    RawClient poll = poll("a", "now");
    EventClient events =
        new EventClient(connect().send(headOf("GET /v1/stream/b?offset=now&live=sse", "")));
    RawClient raw = connect().send(headOf("GET /v1/stream/c?offset=now&live=raw", ""));
    raw.readUntil("\r\n\r\n");
    awaitRunning(1);
    put("d", TEXT + "Stream-TTL: 1\r\n", "x");
    long begin = System.nanoTime();
    while (head("d").status() == 200) {
      assertTrue(System.nanoTime() - begin < 20_000_000_000L, "it never expires");
    }
    assertEquals(204, post("a", TEXT, "y").status());
    assertEquals(204, post("b", TEXT, "y").status());
    assertEquals(204, post("c", TEXT, "y").status());
    assertEquals("y", answer(poll).body());
    events.control();
    assertEquals("y", events.data());
    assertEquals("1\r\ny\r\n", raw.readExactly(6));
  }
}
