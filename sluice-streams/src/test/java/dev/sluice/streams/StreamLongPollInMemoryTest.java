package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.journal.Journal;
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
    awaitWaiting(1000);
    post("a", TEXT, "d");
    for (RawClient poll : polls) {
      assertEquals("d", answer(poll).body());
    }
  }

  /** A journal that somebody waits for does not expire. */
  @Test
  void a_thousand_who_go_leave_nobody_waiting() throws IOException {
    Runnable leave = putAndWatch("a", "abc");
    List<RawClient> polls = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      polls.add(poll("a", offset(3)));
    }
    awaitWaiting(1000);
    leave.run();
    for (int i = 0; i < 1000; i++) {
      if (i % 2 == 0) {
        polls.get(i).close();
      } else {
        polls.get(i).reset();
      }
    }
    awaitNoneRunning();
    awaitMissing("a");
  }

  /** One that nobody waits for expires first, although it is the youngest. */
  @Test
  void one_that_somebody_waits_for_does_not_expire() throws IOException {
    List<Runnable> leaves = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      leaves.add(putAndWatch(name, "x"));
    }
    RawClient poll = poll("a", "now");
    EventClient events =
        new EventClient(connect().send(headOf("GET /v1/stream/b?offset=now&live=sse", "")));
    RawClient raw = connect().send(headOf("GET /v1/stream/c?offset=now&live=raw", ""));
    raw.readUntil("\r\n\r\n");
    events.control();
    awaitWaiting(1);
    leaves.forEach(Runnable::run);
    put("d", TEXT + "Stream-TTL: 1\r\n", "x");
    awaitMissing("d");
    assertEquals(204, post("a", TEXT, "y").status());
    assertEquals(204, post("b", TEXT, "y").status());
    assertEquals(204, post("c", TEXT, "y").status());
    assertEquals("y", answer(poll).body());
    assertEquals("y", events.data());
    assertEquals("1\r\ny\r\n", raw.readExactly(6));
  }

  /** A journal that expires a second after the last one who uses it; it is used until told. */
  private Runnable putAndWatch(String name, String body) throws IOException {
    Journal journal = null;
    while (journal == null) { // if it is over before it is found
      put(name, TEXT + "Stream-TTL: 1\r\n", body);
      journal = store.find(name);
    }
    return journal.watch(() -> {});
  }
}
