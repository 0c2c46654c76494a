package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a journal keeps, and what it says of the rest. */
final class JournalRetentionTest {
  private static final int BLOCK = 256 * 1024;

  private static void append(Journal journal, byte[] bytes) throws IOException {
    journal.append(Kind.STDOUT, Instant.EPOCH, bytes, 0, bytes.length);
  }

  private static void appendUnchecked(Journal journal, byte[] bytes) {
    try {
      append(journal, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nothing_is_dropped_before_there_is_more_than_what_is_kept() throws Exception {
    var journal = new Journal("test", 2 * BLOCK);
    append(journal, new byte[3 * BLOCK - 1]);
    assertEquals(Offset.ZERO, journal.start());
  }

  @Test
  void the_start_moves_by_whole_blocks() throws Exception {
    var journal = new Journal("test", 2 * BLOCK);
    byte[] bytes = JournalTest.pattern(5 * BLOCK + 1);
    append(journal, bytes);
    assertEquals(new Offset(3L * BLOCK), journal.start());
    byte[] kept = Arrays.copyOfRange(bytes, 3 * BLOCK, bytes.length);
    assertArrayEquals(kept, Records.of(journal).bytes());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 1_000_000})
  void at_least_what_was_asked_for_is_kept_and_not_much_more(long bytesKept) throws Exception {
    var journal = new Journal("test", bytesKept);
    var random = new Random(bytesKept);
    byte[] block = new byte[BLOCK];
    while (journal.tail().position() < 20 * BLOCK) {
      journal.append(Kind.STDOUT, Instant.EPOCH, block, 0, 1 + random.nextInt(block.length));
      long tail = journal.tail().position();
      long kept = tail - journal.start().position();
      assertTrue(kept >= Math.min(bytesKept, tail), kept + " bytes kept");
      assertTrue(kept <= bytesKept + 2 * BLOCK, kept + " bytes kept");
      assertEquals(0, journal.start().position() % BLOCK);
    }
  }

  @Test
  void a_read_before_the_start_says_that_it_is_gone_and_gives_nothing() throws Exception {
    var journal = new Journal("test", BLOCK);
    append(journal, new byte[4 * BLOCK]);
    long start = journal.start().position();
    assertTrue(start > 0);
    var sink = new Records(0);
    assertFalse(journal.read(0, 10, sink));
    assertFalse(journal.read(start - 1, start + 1, sink));
    assertEquals(0, sink.count());
    assertEquals(1, Records.of(journal, start, start + 1).count());
    assertTrue(journal.read(0, 0, sink), "nothing is always there");
  }

  @Test
  void what_is_read_may_be_dropped_meanwhile() throws Exception {
    var journal = new Journal("test", 2 * BLOCK);
    byte[] bytes = JournalTest.pattern(2 * BLOCK);
    append(journal, bytes);
    var records = new Records(0);
    boolean whole =
        journal.read(
            0,
            2 * BLOCK,
            (kind, micros, end, source, offset, length) -> {
              appendUnchecked(journal, new byte[4 * BLOCK]);
              records.accept(kind, micros, end, source, offset, length);
            });
    assertTrue(whole);
    assertArrayEquals(bytes, records.bytes());
    assertTrue(journal.start().position() > 2 * BLOCK);
  }

  @Test
  void a_close_drops_nothing() throws Exception {
    var journal = new Journal("test", 1);
    append(journal, new byte[BLOCK]);
    long start = journal.start().position();
    journal.close(Ending.PLAIN);
    assertEquals(start, journal.start().position());
    assertEquals(BLOCK, Records.of(journal).bytes().length);
  }
}
