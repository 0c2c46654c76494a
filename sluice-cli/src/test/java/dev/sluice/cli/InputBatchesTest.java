package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.cli.Batches.Batch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** How input is cut into what is appended at once. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
final class InputBatchesTest {

  @Test
  void a_batch_ends_where_a_line_does() throws Exception {
    try (var out = new PipedOutputStream();
        var in = new PipedInputStream(out)) {
      InputBatches batches = InputBatches.of(in);
      out.write("one\ntwo\nthr".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertEquals("one\ntwo\n", next(batches));
      out.write("ee\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String rest = next(batches);
      // A machine that stops for a while makes silence of it.
      assertEquals("three\n", rest.equals("thr") ? rest + next(batches) : rest);
    }
  }

  @Test
  void a_part_of_a_line_that_nothing_follows_is_a_batch() throws Exception {
    try (var out = new PipedOutputStream();
        var in = new PipedInputStream(out)) {
      InputBatches batches = InputBatches.of(in);
      out.write("password: ".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertEquals("password: ", next(batches));
    }
  }

  @Test
  void the_last_line_needs_no_end() throws Exception {
    InputBatches batches = InputBatches.of(input("one\ntwo"));
    assertEquals("one\n", next(batches));
    assertEquals("two", next(batches));
    assertNull(batches.take());
    assertNull(batches.take());
  }

  @Test
  void a_long_line_is_cut() throws Exception {
    byte[] line = new byte[3 * InputBatches.BATCH_BYTES];
    InputBatches batches = InputBatches.of(new ByteArrayInputStream(line));
    int length = 0;
    for (Batch batch = batches.take(); batch != null; batch = batches.take()) {
      assertTrue(batch.count() <= InputBatches.BATCH_BYTES, batch.count() + " bytes");
      length += batch.bytes().length;
    }
    assertEquals(line.length, length);
  }

  @Test
  void nothing_is_lost_or_changed_and_no_batch_is_too_large() throws Exception {
    long seed = ThreadLocalRandom.current().nextLong();
    var random = new Random(seed);
    byte[] all = new byte[5_000_000];
    random.nextBytes(all);
    InputBatches batches = InputBatches.of(new ByteArrayInputStream(all));
    var got = new ByteArrayOutputStream();
    for (Batch batch = batches.take(); batch != null; batch = batches.take()) {
      assertTrue(batch.count() <= InputBatches.BATCH_BYTES, "seed " + seed);
      got.write(batch.bytes());
    }
    assertEquals(
        new String(all, StandardCharsets.ISO_8859_1),
        got.toString(StandardCharsets.ISO_8859_1),
        "seed " + seed);
  }

  @Test
  void a_failure_comes_after_what_was_read() throws Exception {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the tape is torn");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    InputBatches batches = InputBatches.of(new SequenceInputStream(input("one\ntw"), failing));
    assertEquals("one\n", next(batches));
    assertEquals("tw", next(batches));
    assertEquals("the tape is torn", assertThrows(IOException.class, batches::take).getMessage());
  }

  @Test
  void after_a_stop_there_is_what_was_read_and_no_more() throws Exception {
    try (var out = new PipedOutputStream();
        var in = new PipedInputStream(out)) {
      InputBatches batches = InputBatches.of(in);
      out.write("one\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertEquals("one\n", next(batches));
      batches.stop();
      assertNull(batches.take());
    }
  }

  private static InputStream input(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String next(InputBatches batches) throws Exception {
    Batch batch = batches.take();
    if (batch == null) {
      throw new AssertionError("there is no further one");
    }
    return new String(batch.bytes(), StandardCharsets.ISO_8859_1);
  }
}
