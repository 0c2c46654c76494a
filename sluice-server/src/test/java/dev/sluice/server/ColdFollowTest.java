package dev.sluice.server;

import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.FELL_BEHIND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Encoding;
import dev.sluice.FrameBuffer;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.journal.Retention;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What viewers get whose bytes are not in memory: what the others get. */
final class ColdFollowTest extends ColdFollowFixture {
  private static final int PATIENCE_SECONDS = 60;
  private static final RawClient.Options SLOWER = SLOW.withReceiveBufferBytes(40_000);

  /** Raw in chunks, raw to the end of the connection, and lines. The number is the seed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void each_gets_exactly_its_suffix_while_a_writer_goes_on(long seed) throws Exception {
    var random = new Random(seed);
    byte[] all = noise(52 * MIB, seed);
    appendPieces(cold, all, 0, 50 * MIB, random);
    assertTrue(cold.memoryFrom() > 40 * MIB);
    serve(followingCold());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> reading = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        int from = i < 3 ? 0 : random.nextInt(50 * MIB);
        RawClient client = connect(random.nextBoolean() ? RawClient.Options.DEFAULTS : SLOWER);
        reading.add(threads.submit(() -> readSuffix(client, from % 3, all, from)));
      }
      threads
          .submit(() -> {
            appendPieces(cold, all, 50 * MIB, all.length, random);
            close(cold);
          })
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      for (Future<?> one : reading) {
        one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  private static boolean readSuffix(RawClient client, int how, byte[] all, int from)
      throws IOException {
    switch (how) {
      case 0 -> new ColdFollowBody(client.send(get("raw", from)), all, from).readToEnd();
      case 1 -> {
        client.send("GET /raw?%d HTTP/1.0\r\n\r\n".formatted(from));
        new ColdFollowBody(client, all, from).readToEnd();
      }
      default ->
          new Lines(FollowedBody.read(client.send(get("lines", from))), from, all).readToEnd();
    }
    return true;
  }

  @Test
  void a_slow_one_keeps_nobody_waiting() throws Exception {
    byte[] all = noise(24 * MIB, 1);
    appendCold(all);
    cold.close(Ending.PLAIN);
    serve(options -> options.withLoops(1), followingCold());
    FollowedBody slow = FollowedBody.read(askSlowly("raw", 0));
    FollowedBody slowLines = FollowedBody.read(askSlowly("lines", 0));
    for (int i = 0; i < 3; i++) {
      new ColdFollowBody(send(get("raw", 0)), all, 0).readToEnd();
    }
    ends.await(COMPLETED, COMPLETED, COMPLETED);
    assertArrayEquals(all, slow.readAllBytes());
    assertArrayEquals(all, new Lines(slowLines, 0).readToEnd().data());
  }

  /**
   * It has part of a frame, which ends where the journal then did, when the bytes of that leave the
   * memory; another viewer throws the frame out of the cache. The number is the seed.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void one_that_was_live_goes_on_with_the_next_byte_however_far_it_fell(long seed)
      throws Exception {
    var random = new Random(seed);
    byte[] all = noise(24 * MIB, seed);
    boolean raw = seed % 3 == 0;
    var encoding = new Watched(raw ? RawFollow.RAW : new LineFollow(MIB), new AtomicLong());
    serve(
        options -> options.withLoops(1),
        (request, response) ->
            response.follow(
                cold,
                Offset.ZERO,
                request.target().equals("/") ? encoding : RawFollow.RAW,
                ends.next()));
    FollowedBody body = FollowedBody.read(connect(SLOW).send(GET));
    FollowedBody other = FollowedBody.read(send(get("other", 0)));
    CompletableFuture<Boolean> reading = CompletableFuture.supplyAsync(() -> isWhole(other));
    int done = 0;
    while (encoding.takesUpTo(done)) {
      int length = 1 + random.nextInt(100_000);
      appendPieces(cold, all, done, done + length, random);
      done += length;
    }
    long left = cold.tail().position();
    while (cold.memoryFrom() < left) {
      appendPieces(cold, all, done, done + 100_000, random);
      done += 100_000;
    }
    byte[] sofar = Arrays.copyOf(all, done);
    close(cold);
    byte[] got = raw ? body.readAllBytes() : new Lines(body, 0, sofar).readToEnd().data();
    assertArrayEquals(sofar, got);
    assertTrue(reading.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    ends.await(COMPLETED, COMPLETED);
  }

  private static boolean isWhole(FollowedBody body) {
    try {
      return body.readAllBytes().length > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells how far viewers have come. */
  private record Watched(Encoding encoding, AtomicLong reached) implements Encoding {
    private static final long BLOCKED_MILLIS = 300;

    @Override
    public String type() {
      return "application/x-watched";
    }

    @Override
    public boolean literal() {
      return encoding.literal();
    }

    @Override
    public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
      long end = encoding.encode(journal, from, to, last, frame);
      reached.accumulateAndGet(end, Math::max);
      return end;
    }

    @Override
    public byte[] ending(Journal journal, Ending ending) {
      return encoding.ending(journal, ending);
    }

    /** False if its viewer does not come there, as it is blocked. */
    boolean takesUpTo(long position) {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BLOCKED_MILLIS);
      while (reached.get() < position && System.nanoTime() < deadline) {
        LockSupport.parkNanos(100_000);
      }
      return reached.get() >= position;
    }
  }

  @Test
  void a_journal_that_is_closed_meanwhile_comes_to_its_end_and_the_connection_goes_on()
      throws Exception {
    byte[] all = noise(12 * MIB, 3);
    appendCold(all);
    serve(followingCold());
    RawClient client = askSlowly("lines", 0);
    FollowedBody body = FollowedBody.read(client);
    Lines lines = new Lines(body, 0, all).readTo(100_000);
    cold.close(new Ending(7, null));
    lines.readToEnd();
    assertEquals("X-Status: 7\r\n", body.trailers());
    ends.await(COMPLETED);
    new ColdFollowBody(client.send(get("raw", 1)), all, 1).readToEnd();
  }

  @Test
  void one_that_has_caught_up_is_live() throws Exception {
    byte[] all = noise(12 * MIB, 4);
    appendCold(all);
    serve(followingCold());
    FollowedBody raw = FollowedBody.read(send(get("raw", 0)));
    var lines = new Lines(FollowedBody.read(send(get("lines", 0))), 0);
    assertArrayEquals(all, raw.readNBytes(all.length));
    lines.readTo(all.length);
    for (int i = 0; i < 3; i++) {
      append(cold, noise(4, i), 0, 4);
      assertArrayEquals(noise(4, i), raw.readNBytes(4));
      lines.readTo(all.length + 4L * (i + 1));
    }
  }

  /** Reads everything, and lets nothing through. */
  private record Nothing() implements Encoding {
    @Override
    public String type() {
      return "application/x-nothing";
    }

    @Override
    public long encode(Journal journal, long from, long to, boolean last, FrameBuffer frame) {
      long end = RawFollow.RAW.encode(journal, from, to, last, frame);
      frame.clear();
      return end;
    }
  }

  /** Nothing of what a filter wants is in the files. */
  @Test
  void one_to_whom_nothing_of_it_goes_comes_to_the_end_as_well() throws Exception {
    appendCold(noise(20 * MIB, 5));
    serve((request, response) -> response.follow(cold, Offset.ZERO, new Nothing(), ends.next()));
    RawClient client = send(GET);
    FollowedBody body = FollowedBody.read(client);
    cold.close(Ending.PLAIN);
    assertEquals("", body.readToEnd());
    ends.await(COMPLETED);
  }

  /** Files are dropped as a whole; one holds 64 MiB. */
  @Test
  void one_that_is_overtaken_while_it_reads_files_is_cut() throws Exception {
    cold = newJournal("little", Retention.ofBytes(8 * MIB));
    byte[] all = noise(20 * MIB, 6);
    appendCold(all);
    serve(followingCold());
    RawClient client = askSlowly("raw", 0);
    FollowedBody body = FollowedBody.read(client);
    assertArrayEquals(Arrays.copyOf(all, 1000), body.readNBytes(1000));
    appendUntilDropped(all);
    cold.close(Ending.PLAIN);
    String rest = client.readToEnd();
    assertFalse(rest.endsWith("\r\n0\r\n\r\n"), "a cut is no end");
    ends.await(FELL_BEHIND);
  }

  @Test
  void one_that_comes_too_late_is_told_the_gap_or_cut() throws Exception {
    cold = newJournal("little", Retention.ofBytes(8 * MIB));
    byte[] all = noise(20 * MIB, 7);
    appendUntilDropped(all);
    long start = cold.start().position();
    long tail = cold.tail().position();
    cold.close(Ending.PLAIN);
    serve(followingCold());
    Lines lines = new Lines(FollowedBody.read(send(get("lines", 0))), 0).readToEnd();
    assertEquals(1, lines.gaps());
    assertEquals(tail - start, lines.data().length);
    ends.await(COMPLETED);
    RawClient raw = send(get("raw", 5));
    FollowedBody.read(raw);
    raw.expectEnd();
    ends.await(COMPLETED, FELL_BEHIND);
    send("GET /raw?5 HTTP/1.0\r\n\r\n").expectReset();
  }

  private void appendUntilDropped(byte[] piece) throws InterruptedException {
    while (cold.start().position() == 0) {
      append(cold, piece, 0, 8 * MIB);
    }
  }
}
