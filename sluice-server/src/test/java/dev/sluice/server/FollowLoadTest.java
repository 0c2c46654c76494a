package dev.sluice.server;

import static dev.sluice.server.LineFollow.LINES;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.Handler;
import dev.sluice.journal.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many viewers at once. */
final class FollowLoadTest extends FollowFixture {
  private static final int VIEWERS = 200;

  private static String sum(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String read(FollowedBody body, boolean lines, long from) {
    try {
      return sum(lines ? new Lines(body, from).readToEnd().data() : body.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Half of them raw, half of them lines; some from the middle; all get the same bytes. */
  @Test
  void two_hundred_viewers_of_a_journal_that_is_written_in_bursts() throws Exception {
    byte[] all = noise(1 << 20, 1);
    Handler raw = following(RawFollow.RAW);
    Handler lines = following(LINES);
    serve((request, response) -> {
      boolean even = Long.parseLong(request.target().substring(2)) % 2 == 0;
      (even ? raw : lines).handle(request, response);
    });
    var random = new Random(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> sums = new ArrayList<>();
      int done = 0;
      while (done < all.length || sums.size() < VIEWERS) {
        if (sums.size() < VIEWERS) {
          long from = sums.size() < 150 ? sums.size() % 2 : 200_000 + sums.size();
          FollowedBody body = follow(from);
          sums.add(threads.submit(() -> read(body, from % 2 != 0, from)));
        }
        for (int burst = random.nextInt(20); burst > 0 && done < all.length; burst--) {
          int length = Math.min(all.length - done, 1 + random.nextInt(1500));
          append(Arrays.copyOfRange(all, done, done + length));
          done += length;
        }
      }
      journal.close(Ending.PLAIN);
      String even = sum(all);
      String odd = sum(Arrays.copyOfRange(all, 1, all.length));
      for (int i = 0; i < VIEWERS; i++) {
        String expected =
            i >= 150
                ? sum(Arrays.copyOfRange(all, 200_000 + i, all.length))
                : i % 2 == 0 ? even : odd;
        assertEquals(expected, sums.get(i).get(60, TimeUnit.SECONDS), "viewer " + i);
      }
    }
  }

  /** Each waits for what it must get before the next append. */
  @Test
  void every_append_reaches_every_viewer_before_the_next() throws Exception {
    serveFollowing(RawFollow.RAW);
    List<FollowedBody> bodies = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      bodies.add(follow(0));
    }
    for (int i = 0; i < 50; i++) {
      byte[] bytes = noise(100, i);
      append(bytes);
      for (FollowedBody body : bodies) {
        assertArrayEquals(bytes, body.readNBytes(100));
      }
    }
    journal.close(Ending.PLAIN);
    for (FollowedBody body : bodies) {
      assertEquals("", body.readToEnd());
    }
  }
}
