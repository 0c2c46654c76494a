package dev.sluice.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random appends beside a plain list of bytes: whatever is read must be the same. */
final class JournalModelTest {
  private static final int STEPS = 120;
  private static final int READS = 3;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final StringBuilder kinds = new StringBuilder();
  private Instant time = Instant.EPOCH;

  /** The number is the seed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void any_stretch_is_what_was_appended(long seed) throws Exception {
    var random = new Random(seed);
    var journal = new Journal("model", 1 + random.nextInt(2_000_000));
    for (int step = 0; step < STEPS; step++) {
      append(journal, random);
      byte[] all = bytes.toByteArray();
      assertEquals(all.length, journal.tail().position());
      for (int read = 0; read < READS; read++) {
        check(journal, all, random);
      }
    }
    journal.close(Ending.PLAIN);
    check(journal, bytes.toByteArray(), random);
  }

  private void append(Journal journal, Random random) throws IOException {
    int sizeMax =
        new int[] {1, 5, 300, 20_000, 300_000}[random.nextInt(100) < 97 ? random.nextInt(4) : 4];
    byte[] more = new byte[random.nextInt(sizeMax + 1)];
    random.nextBytes(more);
    int offset = more.length == 0 ? 0 : random.nextInt(more.length);
    int length = more.length - offset;
    Kind kind = random.nextInt(3) == 0 ? Kind.STDERR : Kind.STDOUT;
    time = time.plusNanos(random.nextInt(3) * 500_000L);
    journal.append(kind, time, more, offset, length);
    bytes.write(more, offset, length);
    kinds.append((kind == Kind.STDOUT ? "o" : "e").repeat(length));
  }

  private void check(Journal journal, byte[] all, Random random) {
    int start = Math.toIntExact(journal.start().position());
    int from = start + random.nextInt(all.length - start + 1);
    int to = from + random.nextInt(Math.min(100_000, all.length - from) + 1);
    Records records = Records.of(journal, from, to);
    assertArrayEquals(Arrays.copyOfRange(all, from, to), records.bytes());
    assertEquals(kinds.substring(from, to), records.kinds());
    if (start > 0) {
      int before = random.nextInt(start);
      assertFalse(journal.read(before, all.length, new Records(before)));
    }
  }
}
