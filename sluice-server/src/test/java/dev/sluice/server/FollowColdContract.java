package dev.sluice.server;

import static dev.sluice.CloseReason.CLIENT_GONE;
import static dev.sluice.CloseReason.COMPLETED;
import static dev.sluice.CloseReason.DELETED;
import static dev.sluice.server.FollowFixture.noise;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Encoding;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.MemoryStore;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Viewers of a journal of which only the latest one to two MiB are in memory. */
abstract class FollowColdContract extends JournalContract {
  private static final int MIB = Memory.MIB;
  private static final int PATIENCE_SECONDS = 60;

  @TempDir private Path directory;
  private MemoryStore store = new MemoryStore(JournalLimits.defaults());
  private Journal cold = journal;

  FollowColdContract(Transport transport) {
    super(transport);
  }

  @BeforeEach
  final void openStore() throws IOException {
    store = MemoryStore.spilling(JournalLimits.defaults(), directory, MIB);
    cold = store.open("cold", JournalOptions.defaults()).journal();
  }

  @AfterEach
  final void closeStore() throws IOException {
    store.close();
  }

  /** Serves {@code /raw?0}, {@code /lines?0} and the like on one loop. */
  private void serveCold() throws IOException {
    serve(
        options -> options.withLoops(1),
        (request, response) -> {
          String[] target = request.target().split("\\?", 2);
          Encoding encoding =
              target[0].equals("/raw") ? RawFollow.RAW : new LineFollow(Encoding.FRAME_BYTES);
          response.follow(cold, new Offset(Long.parseLong(target[1])), encoding, ends.next());
        });
  }

  private byte[] appendCold(int size, long seed) {
    byte[] all = noise(size, seed);
    for (int done = 0; done < all.length; done += MIB) {
      FollowFixture.append(cold, all, done, Math.min(MIB, all.length - done));
    }
    assertTrue(cold.memoryFrom() > 0, "nothing is in files");
    return all;
  }

  @Test
  void a_slow_one_keeps_nobody_waiting() throws Exception {
    byte[] all = appendCold(12 * MIB, 1);
    cold.close(Ending.PLAIN);
    serveCold();
    var slow = connectTiny().get("/raw?0");
    var slowLines = connectTiny().get("/lines?0");
    assertEquals(200, slow.head().status());
    assertEquals(200, slowLines.head().status());
    var client = connect();
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(all, client.get("/raw?0").body().readAllBytes());
    }
    ends.await(COMPLETED, COMPLETED, COMPLETED);
    assertArrayEquals(all, slow.body().readAllBytes());
    assertArrayEquals(all, new Lines(slowLines.body(), 0).readToEnd().data());
  }

  @Test
  void one_that_has_caught_up_is_live() throws Exception {
    byte[] all = appendCold(12 * MIB, 4);
    serveCold();
    var client = connect();
    var raw = client.get("/raw?0").body();
    assertArrayEquals(all, raw.readNBytes(all.length));
    var lines = new Lines((http2() ? client : connect()).get("/lines?0").body(), 0);
    lines.readTo(all.length);
    for (int i = 0; i < 3; i++) {
      FollowFixture.append(cold, noise(4, i), 0, 4);
      assertArrayEquals(noise(4, i), raw.readNBytes(4));
      lines.readTo(all.length + 4L * (i + 1));
    }
  }

  /** On HTTP/2 all on one connection. */
  @Test
  void each_gets_exactly_its_suffix_while_a_writer_goes_on() throws Exception {
    var random = new Random(5);
    byte[] all = noise(14 * MIB, 5);
    ColdFollowFixture.appendPieces(cold, all, 0, 12 * MIB, random);
    serveCold();
    var client = connect();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> reading = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int from = random.nextInt(12 * MIB);
        var exchange = (http2() ? client : connect()).get("/lines?" + from);
        reading.add(threads.submit(() -> new Lines(exchange.body(), from, all).readToEnd()));
      }
      ColdFollowFixture.appendPieces(cold, all, 12 * MIB, all.length, random);
      cold.close(Ending.PLAIN);
      for (Future<?> one : reading) {
        one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void one_that_goes_is_noticed() throws Exception {
    appendCold(12 * MIB, 6);
    serveCold();
    var exchange = connectTiny().get("/raw?0");
    exchange.skip(300_000);
    exchange.cancel();
    ends.await(CLIENT_GONE);
  }

  @Test
  void when_the_journal_is_deleted_all_are_cut() throws Exception {
    int size = appendCold(12 * MIB, 7).length;
    serveCold();
    var blocked = connectTiny().get("/raw?0");
    var idle = connect().get("/raw?" + size);
    assertEquals(200, blocked.head().status());
    assertEquals(200, idle.head().status());
    assertTrue(store.delete(cold));
    ends.await(DELETED, DELETED);
    assertFalse(blocked.end().complete());
    assertFalse(idle.end().complete());
  }
}
