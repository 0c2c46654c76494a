package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.testkit.RawClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many viewers of a journal that is much larger than memory may be. */
@Tag("external")
final class ColdFollowLoadTest extends ColdFollowFixture {
  private static final int VIEWERS = 200;
  private static final int FIRST = 96 * MIB;
  private static final long SEED = 1;

  /** Each asks at a random place while the journal grows, and gets exactly its suffix. */
  @Test
  void two_hundred_viewers_join_at_random_places_of_a_journal_that_grows() throws Exception {
    var random = new Random(SEED);
    byte[] all = noise(FIRST + 4 * MIB, SEED);
    appendPieces(cold, all, 0, FIRST, random);
    serve(followingCold());
    long before = Memory.used();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> reading = new ArrayList<>();
      int done = FIRST;
      for (int i = 0; i < VIEWERS; i++) {
        // Many have little to go: it takes no longer than it must.
        int from = (int) (FIRST * Math.pow(random.nextDouble(), 0.25));
        var body = new ColdFollowBody(send(get("raw", from)), all, from);
        reading.add(threads.submit(body::readToEnd));
        int more = Math.min(all.length, done + 4 * MIB / VIEWERS);
        appendPieces(cold, all, done, more, random);
        done = more;
      }
      appendPieces(cold, all, done, all.length, random);
      close(cold);
      for (int i = 0; i < VIEWERS; i++) {
        reading.get(i).get(120, TimeUnit.SECONDS);
      }
    }
    awaitMemory(before + 16 * MIB);
  }

  @Test
  void those_that_are_blocked_at_different_places_cost_no_memory() throws Exception {
    byte[] all = noise(64 * MIB, SEED);
    appendCold(all);
    serve(followingCold());
    long before = Memory.used();
    for (int i = 0; i < VIEWERS; i++) {
      RawClient client = askSlowly(i % 2 == 0 ? "raw" : "lines", i * 100_000L);
      client.readUntil("\r\n\r\n");
    }
    assertEquals(VIEWERS, ends.open());
    awaitMemory(before + 16 * MIB);
    new ColdFollowBody(end(all), all, 0).readToEnd();
  }

  /** A collection may leave what another thread is about to let go of. */
  private static void awaitMemory(long most) throws InterruptedException {
    Await.until("at most " + most + " bytes are used", () -> Memory.used() <= most);
  }

  /** Beside all of them. */
  private RawClient end(byte[] all) throws Exception {
    RawClient client = send(get("raw", 0));
    close(cold);
    assertEquals(all.length, cold.tail().position());
    return client;
  }
}
