package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.MemoryStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Threads that wait for a journal to go on, all at once. */
final class TailWaitsTest {
  private static final int COUNT = 1000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final MemoryStore store = new MemoryStore(JournalLimits.defaults());
  private final TailWaits waits = new TailWaits(Duration.ofDays(1));
  private final ConcurrentLinkedQueue<Object> results = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();

  @Test
  void those_who_are_interrupted_leave_nothing_behind() throws Exception {
    var journal = new WeakReference<>(startedOnNewJournal());
    threads.forEach(Thread::interrupt);
    joinAll();
    assertEquals(COUNT, results.stream().filter(InterruptedIOException.class::isInstance).count());
    assertTrue(waits.isIdle());
    store.close();
    await(() -> {
      System.gc();
      return journal.refersTo(null);
    });
  }

  @Test
  void those_whose_time_is_over_leave_nothing_behind() throws Exception {
    var brief = new TailWaits(Duration.ofMillis(5));
    Journal journal = newJournal();
    for (int i = 0; i < COUNT; i++) {
      start(brief, journal);
    }
    joinAll();
    assertEquals(COUNT, results.stream().filter(Boolean.FALSE::equals).count());
    assertTrue(brief.isIdle());
  }

  @Test
  void data_an_end_a_deletion_and_a_writer_that_goes_wake_all() throws Exception {
    for (JournalChange change :
        List.<JournalChange>of(
            journal -> new Recorded(journal).out("x"),
            journal -> journal.close(Ending.PLAIN),
            store::delete,
            Journal::abandon)) {
      Journal journal = startedOnNewJournal();
      change.happen(journal);
      joinAll();
      assertEquals(COUNT, results.stream().filter(Boolean.TRUE::equals).count());
      assertTrue(waits.isIdle());
      results.clear();
      var _ = store.delete(journal);
    }
  }

  @Test
  void one_that_is_over_already_waits_for_nothing() throws IOException {
    Journal journal = newJournal();
    assertFalse(waits.awaitBeyond(journal, 0, System.nanoTime()));
    journal.close(Ending.PLAIN);
    assertTrue(waits.awaitBeyond(journal, 0, System.nanoTime()));
    assertTrue(waits.isIdle());
  }

  /** What happens to a journal. */
  private interface JournalChange {
    void happen(Journal journal) throws IOException;
  }

  private Journal newJournal() throws IOException {
    return store.open("a", JournalOptions.defaults()).journal();
  }

  private Journal startedOnNewJournal() throws IOException {
    Journal journal = newJournal();
    for (int i = 0; i < COUNT; i++) {
      start(waits, journal);
    }
    await(() -> threads.stream().allMatch(each -> each.getState() == Thread.State.WAITING));
    return journal;
  }

  private void start(TailWaits on, Journal journal) {
    long deadline = on.deadline();
    threads.add(
        Thread.startVirtualThread(() -> {
          try {
            results.add(on.awaitBeyond(journal, 0, deadline));
          } catch (InterruptedIOException e) {
            results.add(e);
          }
        }));
  }

  private void joinAll() throws InterruptedException {
    for (Thread each : threads) {
      assertTrue(each.join(PATIENCE), "it still waits");
    }
    threads.clear();
  }

  private static void await(BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - begin < PATIENCE.toNanos(), "it never comes");
      LockSupport.parkNanos(1_000_000);
    }
  }
}
