package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.SimDisk.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Segment files hold what was in memory, and say so in the same words. */
final class SegmentTest {
  private final Disk disk = new SystemDisk();
  private final Contents files = new Contents(List.of(), 0);
  private final Contents memory = new Contents(List.of(), 0);
  @TempDir private Path directory;

  private void append(Kind kind, long micros, byte[] bytes) {
    files.append(kind, micros, bytes, 0, bytes.length);
    memory.append(kind, micros, bytes, 0, bytes.length);
  }

  private void appendSome(Random random) {
    int sizeMax =
        new int[] {2, 50, 3000, 40_000, 600_000}[random.nextInt(50) == 0 ? 4 : random.nextInt(4)];
    byte[] bytes = new byte[random.nextInt(sizeMax)];
    random.nextBytes(bytes);
    Kind kind = random.nextInt(3) == 0 ? Kind.STDERR : Kind.STDOUT;
    long micros = random.nextInt(20) == 0 ? random.nextLong() : memory.tail() / 10;
    append(kind, micros, bytes);
  }

  private void checkAnywhere(Random random) {
    long tail = memory.tail();
    long from = random.nextLong(tail + 1);
    long to = from + random.nextLong(Math.min(tail - from, 200_000) + 1);
    Records expected = Records.of(memory, from, to);
    Records found = Records.of(files, from, to);
    assertArrayEquals(expected.bytes(), found.bytes(), () -> from + " to " + to);
    assertEquals(expected.joined(), found.joined());
  }

  /** The number is the seed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void any_stretch_is_what_was_appended(long seed) throws Exception {
    var random = new Random(seed);
    int segmentBytes = new int[] {1, 1000, 100_000, 1 << 20}[random.nextInt(4)];
    var home = new TestHome(disk, directory, segmentBytes);
    for (int step = 0; step < 60; step++) {
      appendSome(random);
      if (random.nextInt(4) == 0) {
        long flushed = SegmentWriter.flushedTo(files);
        long to = flushed + random.nextLong(files.tail() - flushed + 1);
        SegmentWriter.flush(files, home, to);
        assertTrue(SegmentWriter.flushedTo(files) >= to);
      }
      if (random.nextInt(6) == 0) {
        files.evictBlocks(random.nextLong(SegmentWriter.flushedTo(files) + 1));
      }
      checkAnywhere(random);
    }
    SegmentWriter.flush(files, home, files.tail());
    files.evictBlocks(files.tail());
    for (int i = 0; i < 50; i++) {
      checkAnywhere(random);
    }
    checkFiles(segmentBytes);
  }

  /** They follow each other, hold the literal bytes, and are full but for the last. */
  private void checkFiles(int segmentBytes) throws IOException {
    byte[] all = Records.of(memory, 0, memory.tail()).bytes();
    long end = 0;
    for (SegmentFile file : files.files()) {
      assertEquals(end, file.base());
      end = file.end();
      boolean last = file.equals(files.files().getLast());
      assertTrue(last || end - file.base() >= segmentBytes, file.name());
      assertTrue(end - file.base() < segmentBytes + Block.BYTES, file.name());
      byte[] data = Files.readAllBytes(directory.resolve(SegmentFile.dataName(file.base())));
      assertArrayEquals(Arrays.copyOfRange(all, (int) file.base(), (int) end), data);
      Path index = directory.resolve(SegmentFile.indexName(file.base()));
      assertEquals((long) file.entryCount() * IndexEntry.BYTES, Files.size(index));
    }
    assertEquals(memory.tail(), end);
  }

  @Test
  void a_flush_of_what_is_flushed_already_writes_nothing() throws Exception {
    var home = new TestHome(disk, directory, 1000);
    SegmentWriter.flush(files, home, 0);
    assertEquals(List.of(), files.files());
    append(Kind.STDOUT, 1, new byte[10]);
    SegmentWriter.flush(files, home, 10);
    SegmentWriter.flush(files, home, 10);
    SegmentWriter.flush(files, home, 5);
    assertEquals(1, files.files().size());
    assertEquals(1, files.files().getFirst().entryCount());
  }

  @Test
  void nothing_is_in_a_file_before_it_and_its_name_are_safe() throws Exception {
    Path where = Path.of("sim");
    var failing = new SimDisk(where, new Random(1));
    var home = new TestHome(failing, where, 100);
    byte[] bytes = JournalTest.pattern(250);
    append(Kind.STDOUT, 1, Arrays.copyOf(bytes, 100));
    append(Kind.STDERR, 1, Arrays.copyOfRange(bytes, 100, 250));
    for (Fault fault : List.of(Fault.WRITE, Fault.FORCE, Fault.SYNC)) {
      failing.failNowAndThen(Set.of(fault), 1);
      assertThrows(IOException.class, () -> SegmentWriter.flush(files, home, 250));
      assertEquals(0, SegmentWriter.flushedTo(files), fault.toString());
    }
    failing.failNowAndThen(Set.of(), 0);
    SegmentWriter.flush(files, home, 250);
    failing.crash(0);
    for (SegmentFile file : files.files()) {
      SegmentFile after = home.open(file.base());
      after.found(file.end(), file.entryCount());
      var found = new Records(file.base());
      assertTrue(after.read(file.base(), file.end(), found));
      byte[] expected = Arrays.copyOfRange(bytes, (int) file.base(), (int) file.end());
      assertArrayEquals(expected, found.bytes());
    }
    assertEquals(List.of(0L, 100L), files.files().stream().map(SegmentFile::base).toList());
  }

  @Test
  void a_hole_stays_one() throws Exception {
    var home = new TestHome(disk, directory, 1000);
    append(Kind.STDOUT, 1, new byte[10]);
    SegmentWriter.flush(files, home, 10);
    files.skipTo(1_000_000);
    files.append(Kind.STDERR, 2, new byte[] {1, 2, 3}, 0, 3);
    SegmentWriter.flush(files, home, files.tail());
    files.evictBlocks(files.tail());
    assertEquals(List.of(0L, 1_000_000L), files.files().stream().map(SegmentFile::base).toList());
    assertEquals(List.of("stderr 2 \1\2\3"), Records.of(files, 1_000_000, 1_000_003).shown());
    assertFalse(files.read(9, 11, new Records(9)));
    assertEquals(1_000_000, files.readableFrom(10));
    assertEquals(9, files.readableFrom(9));
  }

  @ParameterizedTest
  @EnumSource
  void an_index_entry_is_read_back(Kind kind) {
    ByteBuffer buffer = ByteBuffer.allocate(3 * IndexEntry.BYTES);
    var first = new IndexEntry(1, -1, Long.MIN_VALUE, kind);
    var second = new IndexEntry(Integer.MAX_VALUE, 42, Long.MAX_VALUE, kind);
    first.put(buffer);
    second.put(buffer);
    assertEquals(2 * IndexEntry.BYTES, buffer.position());
    buffer.flip();
    assertEquals(first, IndexEntry.get(buffer));
    assertEquals(second, IndexEntry.get(buffer));
    assertFalse(buffer.hasRemaining());
  }

  @Test
  void an_index_entry_with_any_bit_flipped_is_none() {
    ByteBuffer buffer = ByteBuffer.allocate(IndexEntry.BYTES);
    new IndexEntry(1000, 123_456, 1_600_000_000_000_000L, Kind.STDERR).put(buffer);
    for (int bit = 0; bit < IndexEntry.BYTES * 8; bit++) {
      ByteBuffer flipped = ByteBuffer.wrap(buffer.array().clone());
      flipped.array()[bit / 8] ^= (byte) (1 << bit % 8);
      int number = bit;
      assertEquals(null, IndexEntry.get(flipped), () -> "bit " + number);
    }
    assertEquals(null, IndexEntry.get(ByteBuffer.allocate(IndexEntry.BYTES)), "zeros");
  }
}
