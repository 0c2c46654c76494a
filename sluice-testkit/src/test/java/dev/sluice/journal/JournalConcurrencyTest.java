package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** One writer, and readers beside it. */
final class JournalConcurrencyTest {
  private static final int READERS = 8;
  private static final int KEPT = 16 << 20;

  private final Journal journal = new Journal("test", KEPT);
  private final AtomicLongArray positions = new AtomicLongArray(READERS);
  private final AtomicLong gaps = new AtomicLong();

  /** Appends for a time; waits for readers that are too far behind, if it is to lose none. */
  private void write(Duration time, long behindMax) throws IOException {
    var random = new Random(1);
    long deadline = System.nanoTime() + time.toNanos();
    long tail = 0;
    while (System.nanoTime() < deadline) {
      tail = PositionBytes.append(journal, tail, random);
      for (int reader = 0; reader < READERS; reader++) {
        while (tail - positions.get(reader) > behindMax && System.nanoTime() < deadline) {
          Thread.onSpinWait();
        }
      }
    }
    journal.close(Ending.PLAIN);
  }

  private void read(int reader) {
    long position = 0;
    while (true) {
      Ending ending = journal.ending();
      long tail = journal.tail().position();
      if (position == tail) {
        if (ending != null) {
          return;
        }
        Thread.onSpinWait();
        continue;
      }
      position = readTo(tail, position);
      positions.set(reader, position);
    }
  }

  private long readTo(long tail, long from) {
    var checker = new PositionBytes.Checker(from);
    if (journal.read(from, tail, checker)) {
      assertEquals(tail, checker.position());
      return tail;
    }
    gaps.incrementAndGet();
    return journal.start().position();
  }

  private void run(Duration time, long behindMax) throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> all = new ArrayList<>();
      for (int reader = 0; reader < READERS; reader++) {
        int number = reader;
        all.add(threads.submit(() -> read(number)));
      }
      all.add(
          threads.submit(() -> {
            write(time, behindMax);
            return null;
          }));
      for (Future<?> one : all) {
        one.get();
      }
    }
    for (int reader = 0; reader < READERS; reader++) {
      assertEquals(journal.tail().position(), positions.get(reader));
    }
  }

  @Test
  void every_reader_sees_every_byte_once_in_order() throws Exception {
    run(Duration.ofSeconds(1), KEPT / 2);
    assertEquals(0, gaps.get());
  }

  @Test
  void readers_that_fall_behind_see_gaps_and_never_a_wrong_byte() throws Exception {
    run(Duration.ofMillis(300), Long.MAX_VALUE);
  }

  /** Who sees the bytes knows that they are the last, and who knows of the end sees the bytes. */
  @Test
  void bytes_and_the_close_that_comes_with_them_are_seen_at_once() throws Exception {
    var last =
        Append.of(Kind.STDOUT, Instant.EPOCH, new byte[100_000], 0, 100_000)
            .withEnding(Ending.PLAIN);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int round = 0; round < 300; round++) {
        var closing = new Journal("test", KEPT);
        Future<?> reader =
            threads.submit(() -> {
              long tail = 0;
              for (boolean ends = false; !ends; ) {
                assertTrue(closing.ending() == null || closing.tail().position() == 100_000);
                tail = closing.tail().position();
                ends = closing.endsAt(tail);
                assertEquals(tail == 100_000, ends);
              }
              assertEquals(Ending.PLAIN, closing.ending());
            });
        closing.append(last);
        reader.get();
      }
    }
  }
}
