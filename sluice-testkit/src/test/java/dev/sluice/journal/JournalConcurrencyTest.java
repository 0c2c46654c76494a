package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** One writer, and readers beside it: every byte tells its position, and so does its kind. */
final class JournalConcurrencyTest {
  private static final int READERS = 8;
  private static final int KEPT = 16 << 20;
  private static final int RUN = 5000;

  private final Journal journal = new Journal("test", KEPT);
  private final AtomicLongArray positions = new AtomicLongArray(READERS);
  private final AtomicLong gaps = new AtomicLong();

  private static byte byteAt(long position) {
    return (byte) (position * 31 + (position >>> 8) * 7 + (position >>> 20));
  }

  private static Kind kindAt(long position) {
    return position / RUN % 2 == 0 ? Kind.STDOUT : Kind.STDERR;
  }

  private static void check(Kind kind, long end, byte[] bytes, int offset, int length) {
    long from = end - length;
    for (int i = 0; i < length; i++) {
      if (bytes[offset + i] != byteAt(from + i) || kind != kindAt(from + i)) {
        throw new AssertionError("a wrong byte at " + (from + i));
      }
    }
  }

  /** Appends for a time; waits for readers that are too far behind, if it is to lose none. */
  private void write(Duration time, long behindMax) {
    var random = new Random(1);
    byte[] block = new byte[RUN];
    long deadline = System.nanoTime() + time.toNanos();
    long tail = 0;
    while (System.nanoTime() < deadline) {
      int length = 1 + random.nextInt(RUN - (int) (tail % RUN));
      for (int i = 0; i < length; i++) {
        block[i] = byteAt(tail + i);
      }
      Instant now = Instant.ofEpochSecond(0, tail * 100);
      assertEquals(tail + length, journal.append(kindAt(tail), now, block, 0, length).position());
      tail += length;
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
    long[] seen = {from};
    boolean whole =
        journal.read(
            from,
            tail,
            (kind, micros, end, bytes, offset, length) -> {
              assertEquals(end - length, seen[0]);
              check(kind, end, bytes, offset, length);
              seen[0] = end;
            });
    if (whole) {
      assertEquals(tail, seen[0]);
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
      all.add(threads.submit(() -> write(time, behindMax)));
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

  @Test
  void a_second_writer_at_the_same_time_is_refused_and_adds_nothing() throws Exception {
    var refused = new AtomicBoolean();
    var added = new AtomicLong();
    Runnable writer =
        () -> {
          byte[] large = new byte[1 << 20];
          while (!refused.get()) {
            try {
              journal.append(Kind.STDOUT, Instant.EPOCH, large, 0, large.length);
              added.addAndGet(large.length);
            } catch (IllegalStateException e) {
              assertTrue(e.getMessage().contains("one writer"), e.getMessage());
              refused.set(true);
            }
          }
        };
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<?> first = threads.submit(writer);
      Future<?> second = threads.submit(writer);
      first.get();
      second.get();
    }
    assertEquals(added.get(), journal.tail().position());
  }
}
