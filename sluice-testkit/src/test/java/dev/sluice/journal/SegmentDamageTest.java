package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A segment of 16 records of 100 bytes that is damaged: the rest of it stays readable. */
final class SegmentDamageTest {
  private static final int RECORDS = 16;
  private static final int SIZE = 100;
  private static final int END = RECORDS * SIZE;

  private final byte[] bytes = JournalTest.pattern(END);
  private final JournalLog log = new JournalLog();
  @TempDir private Path directory;
  private Path data;
  private Path index;
  private Contents contents;

  @BeforeEach
  void write() throws IOException {
    var written = new Contents(List.of(), 0);
    for (int i = 0; i < RECORDS; i++) {
      written.append(i % 2 == 0 ? Kind.STDOUT : Kind.STDERR, i, bytes, i * SIZE, SIZE);
    }
    var home = new TestHome(new SystemDisk(), directory, 1 << 20);
    SegmentWriter.flush(written, home, END);
    SegmentFile found = home.open(0);
    found.found(END, RECORDS);
    contents = new Contents(List.of(found), END);
    data = directory.resolve(SegmentFile.dataName(0));
    index = directory.resolve(SegmentFile.indexName(0));
  }

  @AfterEach
  void close() {
    log.close();
  }

  private static void flip(Path file, int position) throws IOException {
    byte[] all = Files.readAllBytes(file);
    all[position] ^= 0x10;
    Files.write(file, all);
  }

  private static void cut(Path file, int size) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), size));
  }

  private boolean reads(int record) {
    var records = new Records((long) record * SIZE);
    boolean whole = contents.read((long) record * SIZE, (long) (record + 1) * SIZE, records);
    byte[] expected = Arrays.copyOfRange(bytes, record * SIZE, (record + 1) * SIZE);
    assertArrayEquals(whole ? expected : new byte[0], records.bytes(), "record " + record);
    assertEquals(whole ? 1 : 0, records.count());
    return whole;
  }

  /** Each record on its own, and then all as a viewer would, is there but for these. */
  private void assertUnreadable(Integer... missing) {
    var expected = new TreeSet<>(List.of(missing));
    var alone = new TreeSet<Integer>();
    for (int record = 0; record < RECORDS; record++) {
      if (!reads(record)) {
        alone.add(record);
      }
    }
    assertEquals(expected, alone);
    assertEquals(expected, missedByViewer());
  }

  private Set<Integer> missedByViewer() {
    var missed = new TreeSet<Integer>();
    long position = 0;
    while (position < END) {
      var records = new Records(position);
      boolean whole = contents.read(position, END, records);
      byte[] expected = Arrays.copyOfRange(bytes, (int) position, (int) records.position());
      assertArrayEquals(expected, records.bytes());
      position = records.position();
      if (!whole) {
        long next = contents.readableFrom(position);
        assertTrue(next > position, "nobody gets past " + position);
        for (; position < next; position += SIZE) {
          missed.add((int) position / SIZE);
        }
      }
    }
    return missed;
  }

  private void assertSaidOnce(Path file, int offset) {
    assertEquals(1, log.lines().size(), () -> log.lines().toString());
    String line = log.lines().getFirst();
    assertTrue(line.startsWith("SEVERE "), line);
    assertTrue(line.contains(file.toString()) && line.contains(" byte " + offset + ":"), line);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 15})
  void a_flipped_bit_of_a_record_costs_that_record(int record) throws Exception {
    flip(data, record * SIZE + 37);
    var records = new Records(0);
    assertFalse(contents.read(0, END, records));
    assertEquals(record, records.count(), "all before it");
    long damaged = (long) record * SIZE;
    assertEquals(damaged + SIZE, contents.readableFrom(damaged));
    assertEquals(damaged + SIZE, contents.readableFrom(damaged + 50));
    assertUnreadable(record);
    assertSaidOnce(data, record * SIZE);
  }

  @Test
  void a_part_of_a_damaged_record_is_not_given_either() throws Exception {
    flip(data, 5 * SIZE + 99);
    var records = new Records(510);
    assertFalse(contents.read(510, 520, records));
    assertEquals(0, records.count());
    assertUnreadable(5);
  }

  @Test
  void several_damaged_records_are_each_said() throws Exception {
    flip(data, 2 * SIZE);
    flip(data, 3 * SIZE);
    flip(data, 9 * SIZE);
    assertUnreadable(2, 3, 9);
    assertEquals(3, log.lines().size(), () -> log.lines().toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 7, 8, 14})
  void a_damaged_index_entry_costs_its_record_and_the_next(int entry) throws Exception {
    flip(index, entry * IndexEntry.BYTES + 3);
    assertUnreadable(entry, entry + 1);
    assertTrue(log.lines().getFirst().contains(data.toString()), () -> log.lines().toString());
  }

  @Test
  void the_last_index_entry_costs_the_last_record() throws Exception {
    flip(index, 15 * IndexEntry.BYTES + 3);
    assertUnreadable(15);
    assertSaidOnce(data, 15 * SIZE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 99, 100, 850, 1599})
  void of_a_cut_file_all_that_is_whole_is_there(int size) throws Exception {
    cut(data, size);
    Integer[] missing = new Integer[RECORDS - size / SIZE];
    Arrays.setAll(missing, i -> size / SIZE + i);
    assertUnreadable(missing);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 23, 24, 12 * 24 + 5, 15 * 24 + 23})
  void of_a_cut_index_all_that_it_tells_is_there(int size) throws Exception {
    cut(index, size);
    int whole = size / IndexEntry.BYTES;
    Integer[] missing = new Integer[RECORDS - whole];
    Arrays.setAll(missing, i -> whole + i);
    assertUnreadable(missing);
    assertSaidOnce(data, whole * SIZE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_missing_file_is_said_once(boolean missingData) throws Exception {
    Files.delete(missingData ? data : index);
    var all = new Integer[RECORDS];
    Arrays.setAll(all, i -> i);
    assertUnreadable(all);
    assertSaidOnce(data, 0);
  }

  private long transfer(long from, WritableByteChannel to) throws IOException {
    SegmentFile file = contents.fileAt(from);
    return file == null ? -1 : file.transferTo(from, file.end(), to);
  }

  @Test
  void sound_bytes_are_sent_as_they_are() throws Exception {
    var sent = new ByteArrayOutputStream();
    assertEquals(END - 250, transfer(250, Channels.newChannel(sent)));
    assertArrayEquals(Arrays.copyOfRange(bytes, 250, END), sent.toByteArray());
    assertEquals(List.of(), log.lines());
  }

  @Test
  void damaged_bytes_are_never_sent() throws Exception {
    flip(data, 3 * SIZE + 1);
    flip(data, 9 * SIZE + 1);
    var sent = new ByteArrayOutputStream();
    WritableByteChannel channel = Channels.newChannel(sent);
    assertEquals(300, transfer(0, channel));
    assertTrue(transfer(300, channel) < 0);
    assertTrue(transfer(350, channel) < 0);
    assertEquals(400, contents.readableFrom(300));
    assertEquals(500, transfer(400, channel));
    assertTrue(transfer(900, channel) < 0);
    assertEquals(600, transfer(contents.readableFrom(900), channel));
    var sound = new ByteArrayOutputStream();
    sound.write(bytes, 0, 300);
    sound.write(bytes, 400, 500);
    sound.write(bytes, 1000, 600);
    assertArrayEquals(sound.toByteArray(), sent.toByteArray());
    assertEquals(2, log.lines().size(), () -> log.lines().toString());
  }

  @Test
  void who_begins_behind_a_damage_is_checked_too() throws Exception {
    flip(data, 3 * SIZE + 1);
    flip(data, 9 * SIZE + 1);
    var sent = new ByteArrayOutputStream();
    assertEquals(300, transfer(600, Channels.newChannel(sent)));
    assertArrayEquals(Arrays.copyOfRange(bytes, 600, 900), sent.toByteArray());
  }

  @Test
  void of_a_missing_file_nothing_is_sent() throws Exception {
    Files.delete(data);
    var sent = new ByteArrayOutputStream();
    assertTrue(transfer(0, Channels.newChannel(sent)) < 0);
    assertEquals(0, sent.size());
  }

  /** The number is the seed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void whatever_is_damaged_no_wrong_byte_is_read_and_all_else_is(long seed) throws Exception {
    var random = new Random(seed);
    var hit = new TreeSet<Integer>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      if (random.nextBoolean()) {
        int position = random.nextInt(END);
        flip(data, position);
        hit.add(position / SIZE);
      } else {
        int position = random.nextInt(RECORDS * IndexEntry.BYTES);
        flip(index, position);
        hit.add(position / IndexEntry.BYTES);
        hit.add(position / IndexEntry.BYTES + 1);
      }
    }
    assertTrue(hit.containsAll(missedByViewer()), () -> hit + " and no more");
  }
}
