package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;

/** Many writers at once: each record says how long it is, who wrote it, and which one it is. */
abstract class WritersContract extends JournalContract {
  private static final int WRITERS = 8;
  private static final int RECORDS = 500;
  private static final int HEAD_BYTES = 12;

  WritersContract(Kept kept) {
    super(kept);
  }

  private static byte[] record(int writer, int number, Random random) {
    int sizeMax = random.nextInt(500) == 0 ? 300_000 : 200;
    byte[] record = new byte[HEAD_BYTES + random.nextInt(sizeMax)];
    ByteBuffer.wrap(record).putInt(record.length).putInt(writer).putInt(number);
    for (int i = HEAD_BYTES; i < record.length; i++) {
      record[i] = (byte) (writer * 31 + number + i);
    }
    return record;
  }

  /** Reads a record where its writer was told that it ends, and others may have come behind. */
  private static Void write(Journal journal, int writer) throws Exception {
    var random = new Random(writer);
    for (int number = 0; number < RECORDS; number++) {
      byte[] record = record(writer, number, random);
      Kind kind = writer % 2 == 0 ? Kind.STDOUT : Kind.STDERR;
      long end = journal.append(kind, Instant.now(), record, 0, record.length).position();
      byte[] read = Records.of(journal, end - record.length, end).bytes();
      assertEquals(ByteBuffer.wrap(record), ByteBuffer.wrap(read), "not where it was said to be");
    }
    return null;
  }

  private static void writeAll(Journal journal) throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Void>> all = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        all.add(threads.submit(() -> write(journal, number)));
      }
      for (Future<Void> one : all) {
        one.get();
      }
    }
  }

  @Test
  void each_record_is_there_whole_and_once_and_in_the_order_of_its_writer() throws Exception {
    Journal journal = newJournal();
    writeAll(journal);
    Records records = Records.of(journal);
    String kinds = records.kinds();
    ByteBuffer bytes = ByteBuffer.wrap(records.bytes());
    int[] next = new int[WRITERS];
    while (bytes.hasRemaining()) {
      int from = bytes.position();
      int length = bytes.getInt();
      int writer = bytes.getInt();
      assertEquals(next[writer]++, bytes.getInt());
      for (int i = HEAD_BYTES; i < length; i++) {
        assertEquals((byte) (writer * 31 + next[writer] - 1 + i), bytes.get());
      }
      String kind = writer % 2 == 0 ? "o" : "e";
      assertEquals(kind.repeat(length), kinds.substring(from, from + length));
    }
    for (int writer = 0; writer < WRITERS; writer++) {
      assertEquals(RECORDS, next[writer]);
    }
  }

  @Test
  void of_those_that_expect_the_same_tail_one_wins() throws Exception {
    Journal journal = newJournal();
    int rounds = 300;
    var winners = new AtomicReferenceArray<Integer>(rounds);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Void>> all = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        all.add(threads.submit(() -> compareAndAppend(journal, number, winners)));
      }
      for (Future<Void> one : all) {
        one.get();
      }
    }
    byte[] written = Records.of(journal).bytes();
    assertEquals(rounds, written.length);
    for (int round = 0; round < rounds; round++) {
      assertEquals(winners.get(round).intValue(), written[round]);
    }
  }

  private static Void compareAndAppend(
      Journal journal, int writer, AtomicReferenceArray<Integer> winners) throws Exception {
    byte[] own = {(byte) writer};
    for (int round = 0; round < winners.length(); round++) {
      switch (journal.append(Append.of(own).withExpectedTail(new Offset(round)))) {
        case AppendResult.Appended(Offset tail) -> {
          assertEquals(round + 1, tail.position());
          assertTrue(winners.compareAndSet(round, null, writer), "two have won");
        }
        case AppendResult.TailMoved(Offset tail) -> assertTrue(tail.position() > round);
        case AppendResult other -> throw new AssertionError(other);
      }
    }
    return null;
  }
}
