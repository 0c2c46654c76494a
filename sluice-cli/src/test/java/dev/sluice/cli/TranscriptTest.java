package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
final class TranscriptTest {
  private static final int BLOCK_BYTES = 64 * 1024;

  @Test
  void readers_that_run_beside_the_writer_get_every_byte() throws Exception {
    long seed = System.nanoTime();
    byte[] all = new byte[5_000_000];
    var random = new Random(seed);
    random.nextBytes(all);
    var transcript = new Transcript(all.length);
    List<FutureTask<byte[]>> readers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      readers.add(start(() -> readToEnd(transcript, 0)));
    }
    for (int written = 0; written < all.length; ) {
      // Less than a block at times, several at others.
      int length = Math.min(1 + random.nextInt(3 * BLOCK_BYTES), all.length - written);
      append(transcript, all, written, length);
      written += length;
    }
    transcript.close();
    for (FutureTask<byte[]> reader : readers) {
      assertArrayEquals(all, reader.get(), "with seed " + seed);
    }
    assertArrayEquals(all, readToEnd(transcript, 0), "who comes late, with seed " + seed);
  }

  @Test
  void a_reader_at_the_end_waits_for_the_next_bytes_and_for_the_close() throws Exception {
    var transcript = new Transcript(1000);
    append(transcript, "one");
    FutureTask<String> next = start(() -> text(transcript.read(3)));
    assertFalse(next.isDone());
    append(transcript, "two");
    assertEquals("two", next.get());
    FutureTask<ByteBuffer> end = start(() -> transcript.read(6));
    transcript.close();
    assertNull(end.get());
  }

  @Test
  void a_reader_that_waits_can_be_interrupted() throws Exception {
    var transcript = new Transcript(1000);
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> transcript.read(0));
  }

  @Test
  void bytes_that_a_reader_holds_do_not_change_or_grow() throws Exception {
    var transcript = new Transcript(1000);
    append(transcript, "one");
    ByteBuffer held = transcript.read(0);
    append(transcript, "two");
    assertEquals("one", text(held));
    assertEquals("onetwo", text(transcript.read(0)));
    assertEquals("etwo", text(transcript.read(2)), "from the middle of a block");
  }

  @Test
  void the_oldest_go_when_there_are_too_many_and_the_latest_are_kept() throws Exception {
    int kept = 3 * BLOCK_BYTES;
    var transcript = new Transcript(kept);
    byte[] all = new byte[10 * BLOCK_BYTES + 1];
    new Random(1).nextBytes(all);
    append(transcript, all, 0, kept);
    assertEquals(0, transcript.start(), "nothing is dropped without need");
    append(transcript, all, kept, all.length - kept);
    transcript.close();

    long start = transcript.start();
    assertTrue(start > 0);
    assertTrue(all.length - start >= kept, "what was promised is still here");
    assertTrue(all.length - start <= kept + BLOCK_BYTES, "and hardly more");
    assertFalse(transcript.read(start - 1).hasRemaining(), "gone, which is not the end");
    assertFalse(transcript.read(0).hasRemaining());
    byte[] expected = new byte[(int) (all.length - start)];
    System.arraycopy(all, (int) start, expected, 0, expected.length);
    assertArrayEquals(expected, readToEnd(transcript, start));
  }

  @Test
  void one_that_is_closed_empty_has_only_an_end() throws Exception {
    var transcript = new Transcript(1000);
    transcript.close();
    assertNull(transcript.read(0));
    assertEquals(0, transcript.start());
  }

  private static <T> FutureTask<T> start(Callable<T> reader) {
    var task = new FutureTask<>(reader);
    Thread.ofVirtual().start(task);
    return task;
  }

  private static byte[] readToEnd(Transcript transcript, long start) throws InterruptedException {
    var all = new ByteArrayOutputStream();
    for (ByteBuffer bytes = transcript.read(start);
        bytes != null;
        bytes = transcript.read(start + all.size())) {
      byte[] part = new byte[bytes.remaining()];
      bytes.get(part);
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static void append(Transcript transcript, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    transcript.append(bytes, bytes.length);
  }

  private static void append(Transcript transcript, byte[] all, int offset, int length) {
    byte[] part = new byte[length];
    System.arraycopy(all, offset, part, 0, length);
    transcript.append(part, length);
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }
}
