package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that others have made follow journals of a server that is killed again and again in the
 * middle of appends, and started again: none of them misses a record, or sees one twice.
 *
 * <p>System properties: {@code sluice.test.kills}, how often (50); {@code sluice.test.seed}.
 */
@Tag("external")
@Tag("needs-node")
@Tag("needs-npm")
@Tag("needs-chromium")
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class ResumingClientsTest {
  private static final int KILLS = Integer.getInteger("sluice.test.kills", 50);
  private static final int KILLED_WITHIN_MILLIS = 150;

  @TempDir private Path data;

  private final List<CountingProducer> producers = new ArrayList<>();
  private volatile boolean killing;

  @Test
  void clients_go_on_where_a_killed_server_left_them() throws Exception {
    long seed = Long.getLong("sluice.test.seed", ThreadLocalRandom.current().nextLong());
    try {
      follow(new Random(seed), Ports.free());
    } catch (AssertionError | IOException e) {
      throw new AssertionError("-Dsluice.test.seed=" + seed + ": " + e.getMessage(), e);
    }
  }

  private void follow(Random random, int port) throws Exception {
    for (String kind : ResumingClients.KINDS) {
      producers.add(new CountingProducer(kind, random.nextLong()));
    }
    ServeProcess server = serve(port);
    try {
      for (CountingProducer producer : producers) {
        producer.create(server);
      }
      try (ResumingClients clients = ResumingClients.start(server.url())) {
        for (int kill = 0; kill < KILLS; kill++) {
          // Most times they have connected again; some times only a few have when it is killed.
          if (kill == 0 || random.nextInt(4) > 0) {
            appendOnce(server);
            clients.awaitSeen(records());
          }
          appendUntilKilled(server, random.nextInt(KILLED_WITHIN_MILLIS));
          server.close();
          server = serve(port);
        }
        for (CountingProducer producer : producers) {
          producer.close(server);
        }
        Map<String, Integer> counts = clients.awaitClosed(records());
        counts.forEach((name, count) ->
            assertEquals(records().get(ResumingClients.journal(name)), count, name));
      }
    } finally {
      server.close();
    }
  }

  private ServeProcess serve(int port) throws IOException, InterruptedException {
    return ServeProcess.start(
        "--listen",
        Integer.toString(port),
        "--data",
        data.toString(),
        "--sse-reconnect-interval", // so that connections are also ended as they should be
        "1s");
  }

  private void appendOnce(ServeProcess server) throws IOException, InterruptedException {
    for (CountingProducer producer : producers) {
      producer.append(server);
    }
  }

  /** What each journal is known to hold. */
  private Map<String, Integer> records() {
    return producers.stream()
        .collect(Collectors.toMap(CountingProducer::kind, CountingProducer::records));
  }

  private void appendUntilKilled(ServeProcess server, int millis) throws InterruptedException {
    killing = false;
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (CountingProducer producer : producers) {
      threads.add(
          Thread.ofPlatform()
              .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
              .start(() -> appendUntilItIsGone(producer, server)));
    }
    TimeUnit.MILLISECONDS.sleep(millis); // when it is killed is what the seed chooses
    killing = true;
    server.kill();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failures);
  }

  private void appendUntilItIsGone(CountingProducer producer, ServeProcess server) {
    try {
      while (true) {
        producer.append(server);
      }
    } catch (IOException e) {
      if (!killing) {
        throw new AssertionError("the server failed before it was killed", e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
