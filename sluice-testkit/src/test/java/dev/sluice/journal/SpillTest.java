package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Journals whose older bytes are in temporary files. */
final class SpillTest {
  private static final int MIB = 1 << 20;
  private static final int READERS = 6;

  private final Random random = new Random(1);
  @TempDir private Path directory;

  private Journal open(Path where, Retention retention) throws IOException {
    JournalOptions options = JournalOptions.defaults().withRetention(retention);
    return MemoryStore.spilling(JournalLimits.defaults(), where, MIB)
        .open("test", options)
        .journal();
  }

  private Journal open() throws IOException {
    return open(directory, Retention.ALL);
  }

  private void append(Journal journal, long until) throws IOException {
    for (long tail = journal.tail().position(); tail < until; ) {
      tail = PositionBytes.append(journal, tail, random);
    }
  }

  private static void check(Journal journal, long from, long to) {
    var checker = new PositionBytes.Checker(from);
    assertTrue(journal.read(from, to, checker), () -> from + " to " + to);
    assertEquals(to, checker.position());
  }

  private List<Path> names() throws IOException {
    try (Stream<Path> names = Files.list(directory)) {
      return names.toList();
    }
  }

  @Test
  void all_of_a_long_one_is_read_back_and_memory_is_bounded() throws Exception {
    Journal journal = open();
    for (long tail = 0; tail < 50L * MIB; ) {
      tail = PositionBytes.append(journal, tail, random);
      long inMemory = tail - journal.memoryFrom();
      assertTrue(inMemory <= 2 * MIB + Block.BYTES, inMemory + " bytes in memory");
    }
    assertEquals(Offset.ZERO, journal.start());
    long tail = journal.tail().position();
    check(journal, 0, tail);
    check(journal, tail - 1, tail);
    for (int i = 0; i < 200; i++) {
      long from = random.nextLong(tail);
      check(journal, from, from + random.nextLong(Math.min(300_000, tail - from)));
    }
  }

  @Test
  void the_files_have_no_names() throws Exception {
    Journal journal = open();
    append(journal, 10 * MIB);
    while (!names().isEmpty()) { // as far as they have one for a moment
      Thread.onSpinWait();
    }
    assertTrue(journal.memoryFrom() > 0);
    check(journal, 0, 10 * MIB);
  }

  @Test
  void an_interrupted_thread_writes_and_reads_all_and_stays_interrupted() throws Exception {
    Journal journal = open();
    Thread.currentThread().interrupt();
    append(journal, 10 * MIB);
    assertTrue(Thread.currentThread().isInterrupted(), "after appends");
    check(journal, 0, 10 * MIB);
    assertTrue(Thread.interrupted(), "after reads");
    append(journal, 20 * MIB);
    check(journal, 0, 20 * MIB);
  }

  @Test
  void the_files_can_be_sent_as_they_are() throws Exception {
    Journal journal = open();
    append(journal, 10 * MIB);
    byte[] expected = Records.of(journal).bytes();
    long memoryFrom = journal.memoryFrom();
    var sent = new ByteArrayOutputStream();
    var done = new CompletableFuture<Long>();
    Journal.onStorageThread(() -> done.complete(send(journal, sent)));
    long end = done.get();
    assertTrue(end >= memoryFrom, end + " is where memory began, or later");
    assertArrayEquals(Arrays.copyOf(expected, (int) end), sent.toByteArray());
    assertEquals(10 * MIB, journal.fileEnd(10 * MIB), "the tail is in no file");
  }

  private static long send(Journal journal, ByteArrayOutputStream target) {
    try {
      WritableByteChannel channel = Channels.newChannel(target);
      long position = 0;
      for (long end = journal.fileEnd(0); position < end; end = journal.fileEnd(position)) {
        position += journal.transferTo(position, end, channel);
      }
      return position;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void retention_drops_whole_files() throws Exception {
    Journal journal = open(directory, Retention.ofBytes(8 * MIB));
    append(journal, 66 * MIB);
    assertEquals(Offset.ZERO, journal.start(), "the first file is not full");
    append(journal, 75 * MIB);
    while (journal.start().equals(Offset.ZERO)) { // which a storage thread does
      Thread.onSpinWait();
    }
    long start = journal.start().position();
    assertTrue(start >= 64 * MIB && start < 65 * MIB, start + " is where the first one ends");
    assertFalse(journal.read(start - 1, start + 1, new PositionBytes.Checker(start - 1)));
    assertEquals(start, journal.readableFrom(0));
    check(journal, start, 75 * MIB);
  }

  @Test
  void readers_anywhere_see_no_wrong_byte_and_no_gap_while_it_spills() throws Exception {
    Journal journal = open();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> readers = new ArrayList<>();
      for (int reader = 0; reader < READERS; reader++) {
        var offsets = new Random(reader);
        readers.add(threads.submit(() -> readUntilClosed(journal, offsets)));
      }
      append(journal, 30 * MIB);
      journal.close(Ending.PLAIN);
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
    check(journal, 0, 30 * MIB);
  }

  private static void readUntilClosed(Journal journal, Random offsets) {
    while (journal.ending() == null) {
      long tail = journal.tail().position();
      long from = offsets.nextLong(tail + 1);
      if (offsets.nextBoolean()) { // near to where memory begins
        from = Math.clamp(journal.memoryFrom() + offsets.nextInt(-100_000, 100_000), 0, tail);
      }
      check(journal, from, Math.min(tail, from + offsets.nextInt(100_000)));
    }
  }

  /** Reads from the start, once it has come to rest; returns it. */
  private static long readLatest(Journal journal) {
    long start = -1;
    var checker = new PositionBytes.Checker(0);
    do {
      assertTrue(start < journal.start().position(), "it has not moved, and cannot be read");
      start = journal.start().position();
      checker = new PositionBytes.Checker(start);
    } while (!journal.read(start, journal.tail().position(), checker));
    return start;
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "missing/too"})
  void without_a_place_for_files_the_latest_is_kept_and_that_is_said_once(String missing)
      throws Exception {
    try (var log = new JournalLog()) {
      Path where = directory.resolve(missing);
      Journal journal = open(where, Retention.ALL);
      append(journal, 10 * MIB);
      while (log.lines().isEmpty()) {
        Thread.onSpinWait();
      }
      long start = readLatest(journal);
      long kept = journal.tail().position() - start;
      assertTrue(kept >= MIB / 2 && kept <= 2 * MIB + Block.BYTES, kept + " bytes kept");
      assertFalse(journal.read(0, 1, new PositionBytes.Checker(0)));
      assertTrue(journal.readableFrom(0) >= start);
      assertEquals(1, log.lines().size(), () -> log.lines().toString());
      String line = log.lines().getFirst();
      assertTrue(line.startsWith("SEVERE ") && line.contains("journal test"), line);
      assertTrue(line.contains(where.toString()) && line.contains("1 MiB"), line);
      assertTrue(line.contains("is missing"), line);
    }
  }
}
