package dev.sluice.server;

import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.server.FollowFixture.noise;
import static dev.sluice.server.RawFollow.RAW;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take their time: they get every byte, and cost the others nothing. */
abstract class FollowSlowContract extends JournalContract {
  private static final int LARGE = 16 << 20;

  FollowSlowContract(Transport transport) {
    super(transport);
  }

  @Test
  void a_fast_one_beside_it_is_done_while_it_is_blocked() throws Exception {
    byte[] all = noise(LARGE, 1);
    serve(options -> options.withLoops(1), following(RAW));
    var slow = followSlowly();
    var fast = follow(0);
    append(all);
    journal.close(Ending.PLAIN);
    assertArrayEquals(all, fast.body().readAllBytes());
    ends.await(COMPLETED);
    assertArrayEquals(all, slow.body().readAllBytes());
    ends.await(COMPLETED, COMPLETED);
  }

  /** No timer helps here: the next try of the sweeper is minutes away. */
  @Test
  void one_that_was_blocked_many_times_goes_on_as_soon_as_it_reads() throws Exception {
    byte[] all = noise(LARGE, 2);
    append(all);
    journal.close(Ending.PLAIN);
    serveFollowing(timeouts -> timeouts.withWrite(Duration.ofHours(1)), RAW);
    assertArrayEquals(all, followSlowly().body().readAllBytes());
    ends.await(COMPLETED);
  }

  @Test
  void one_that_lags_gets_what_was_appended_meanwhile() throws Exception {
    serveFollowing(timeouts -> timeouts.withWrite(Duration.ofHours(1)), RAW);
    var slow = followSlowly().body();
    byte[] block = noise(1 << 20, 3);
    for (int i = 0; i < 8; i++) {
      append(block);
      assertArrayEquals(Arrays.copyOf(block, 500_000), slow.readNBytes(500_000));
      assertArrayEquals(
          Arrays.copyOfRange(block, 500_000, block.length),
          slow.readNBytes(block.length - 500_000));
    }
    journal.close(Ending.PLAIN);
    assertEquals(0, slow.readAllBytes().length);
  }

  @Test
  void many_that_are_blocked_at_different_places_cost_no_memory() throws Exception {
    append(new byte[LARGE]);
    serveFollowing(RAW);
    long before = directBytes();
    for (int i = 0; i < 40; i++) {
      followSlowly().skip(i * 25_000L);
    }
    long grown = directBytes() - before;
    assertTrue(grown < 4 << 20, grown + " bytes of direct memory");
    follow(0).skip(LARGE);
    long grownMore = directBytes() - before;
    assertTrue(grownMore < 4 << 20, grownMore + " bytes of direct memory");
    assertEquals(41, ends.open());
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /**
   * Frames that are sent in parts and encoded again, beside readers that throw their frames out of
   * the cache. The number is the seed.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void every_record_is_whole_however_it_is_read(long seed) throws Exception {
    var random = new Random(seed);
    var encoding = new LineFollow(1 + random.nextInt(200_000));
    serve(options -> options.withLoops(1), following(encoding));
    CompletableFuture<StringBuilder> written =
        CompletableFuture.supplyAsync(() -> write(journal, seed));
    List<CompletableFuture<Lines>> reading = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      var exchange = follow(connect(1 << (12 + i)), 0);
      var own = new Random(seed * 10 + i);
      reading.add(CompletableFuture.supplyAsync(() -> read(exchange, own)));
    }
    String kinds = written.get(60, TimeUnit.SECONDS).toString();
    for (CompletableFuture<Lines> one : reading) {
      Lines lines = one.get(60, TimeUnit.SECONDS);
      assertEquals(kinds, lines.kinds());
      assertArrayEquals(noise(kinds.length(), seed), lines.data());
    }
  }

  /** Appends in random pieces; tells the kind of each byte. */
  private static StringBuilder write(Journal journal, long seed) {
    var random = new Random(seed);
    int size = (2 << 20) + random.nextInt(1 << 20);
    byte[] all = noise(size, seed);
    var kinds = new StringBuilder();
    Instant time = Instant.EPOCH;
    int done = 0;
    while (done < size) {
      int most = random.nextInt(20) == 0 ? 300_000 : 500;
      int length = Math.min(size - done, 1 + random.nextInt(most));
      boolean error = random.nextInt(4) == 0;
      time = time.plusNanos(random.nextInt(2_000_000));
      FollowFixture.append(journal, error ? Kind.STDERR : Kind.STDOUT, time, all, done, length);
      kinds.append((error ? "e" : "o").repeat(length));
      done += length;
      if (random.nextInt(50) == 0) {
        LockSupport.parkNanos(random.nextInt(1_000_000));
      }
    }
    FollowFixture.close(journal);
    return kinds;
  }

  private static Lines read(ContractExchange exchange, Random random) {
    try {
      var lines = new Lines(exchange.body(), 0);
      for (int i = 0; i < 100; i++) {
        lines.readTo(random.nextInt(1_000_000));
        LockSupport.parkNanos(random.nextInt(1_000_000));
      }
      return lines.readToEnd();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
