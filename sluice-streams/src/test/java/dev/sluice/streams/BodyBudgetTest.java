package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.RequestException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that share what memory there is for them. */
final class BodyBudgetTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void what_was_taken_is_given_back_once() throws IOException {
    var budget = new BodyBudget(100, LONG);
    BodyBudget.Share share = budget.share();
    share.take(30);
    share.take(40);
    assertEquals(30, budget.left());
    share.close();
    share.close();
    assertEquals(100, budget.left());
  }

  @Test
  void one_gets_more_than_there_is_and_the_next_when_that_is_done() throws Exception {
    var budget = new BodyBudget(100, LONG);
    BodyBudget.Share one = budget.share();
    BodyBudget.Share two = budget.share();
    one.take(50);
    two.take(50);
    one.take(50); // nobody else would go on
    Thread waits = Thread.startVirtualThread(() -> take(two, 50));
    awaitWaiting(waits);
    one.take(50); // and so on, to its end
    one.close();
    waits.join();
    assertEquals(0, budget.left());
    two.close();
    assertEquals(100, budget.left());
  }

  @Test
  void who_waits_for_too_long_is_refused_and_told_to_come_again() throws Exception {
    var budget = new BodyBudget(100, Duration.ofMillis(1));
    BodyBudget.Share one = budget.share();
    one.take(200);
    BodyBudget.Share two = budget.share();
    RequestException refused = assertThrows(RequestException.class, () -> two.take(1));
    assertEquals(503, refused.status());
    two.close();
    assertEquals(-100, budget.left());
    one.close();
    assertEquals(100, budget.left());
  }

  @Test
  void who_is_interrupted_takes_nothing_and_stays_interrupted() throws Exception {
    var budget = new BodyBudget(100, LONG);
    BodyBudget.Share one = budget.share();
    one.take(200);
    List<Object> seen = new ArrayList<>();
    Thread waits =
        Thread.startVirtualThread(() -> {
          try (BodyBudget.Share two = budget.share()) {
            two.take(1);
          } catch (IOException e) {
            seen.add(e);
            seen.add(Thread.currentThread().isInterrupted());
          }
        });
    awaitWaiting(waits);
    waits.interrupt();
    waits.join();
    assertInstanceOf(InterruptedIOException.class, seen.getFirst());
    assertEquals(true, seen.getLast());
    one.close();
    assertEquals(100, budget.left());
  }

  /** Eight that each want half of all wait for one another, unless one is let through. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void all_of_them_come_to_their_end(long seed) throws Exception {
    var budget = new BodyBudget(1000, LONG);
    var done = new ConcurrentLinkedQueue<Long>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      var random = new Random(seed * 1000 + i);
      threads.add(
          Thread.startVirtualThread(() -> {
            try (BodyBudget.Share share = budget.share()) {
              for (int part = 0; part < 8; part++) {
                share.take(1 + random.nextInt(120));
                LockSupport.parkNanos(1000); // others come in between
              }
              done.add(budget.left());
            } catch (IOException e) {
              throw new IllegalStateException("seed " + seed, e);
            }
          }));
    }
    for (Thread each : threads) {
      each.join();
    }
    assertEquals(200, done.size(), "seed " + seed);
    assertTrue(done.stream().allMatch(left -> left > -960), "seed " + seed + ": " + done);
    assertEquals(1000, budget.left(), "seed " + seed);
  }

  private static void take(BodyBudget.Share share, int bytes) {
    try {
      share.take(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertTrue(thread.isAlive(), "it does not wait");
      LockSupport.parkNanos(100_000);
    }
  }
}
