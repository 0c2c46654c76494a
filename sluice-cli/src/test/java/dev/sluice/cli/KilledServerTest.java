package dev.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is killed again and again in the middle of appends, and started again on the same
 * directory: whatever it has acknowledged is there, once, in order, and nothing is half there.
 *
 * <p>System properties: {@code sluice.test.kills}, how often (50); {@code sluice.test.seed}.
 */
@Tag("external")
@Tag("needs-kill")
final class KilledServerTest {
  private static final int KILLS = Integer.getInteger("sluice.test.kills", 50);
  private static final int PRODUCERS = 6;
  private static final List<String> JOURNALS = List.of("one", "two/three");

  @TempDir private Path data;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private volatile boolean killing;

  /** One that goes on with a record until it knows that it is in. */
  private final class Producer {
    private final int number;
    private final String journal;
    private final Random random;
    private final List<String> acknowledged = new ArrayList<>();
    private String next = "";

    Producer(int number, long seed) {
      this.number = number;
      this.journal = JOURNALS.get(number % JOURNALS.size());
      this.random = new Random(seed);
      prepare();
    }

    private void prepare() {
      next =
          "<%d %d %s>\n"
              .formatted(number, acknowledged.size(), "x".repeat(random.nextInt(1, 3000)));
    }

    /** Appends until the server is gone. */
    void run(URI server) {
      try {
        while (true) {
          HttpResponse<String> response =
              client.send(
                  HttpRequest.newBuilder(server.resolve("/v1/stream/" + journal))
                      .header("Content-Type", "text/plain")
                      .header("Producer-Id", "producer " + number)
                      .header("Producer-Epoch", "0")
                      .header("Producer-Seq", Integer.toString(acknowledged.size()))
                      .POST(HttpRequest.BodyPublishers.ofString(next))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
          boolean in = response.statusCode() == 200 || response.statusCode() == 204;
          assertTrue(in, () -> response + ": " + response.body());
          acknowledged.add(next);
          prepare();
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

  @Test
  void what_was_acknowledged_survives_kills() throws Exception {
    long seed = Long.getLong("sluice.test.seed", ThreadLocalRandom.current().nextLong());
    var random = new Random(seed);
    List<Producer> producers = new ArrayList<>();
    for (int i = 0; i < PRODUCERS; i++) {
      producers.add(new Producer(i, seed + i));
    }
    try {
      for (int round = 0; round < KILLS; round++) {
        appendUntilKilled(producers, random.nextInt(150));
      }
      try (SluiceProcess sluice = serve()) {
        URI server = sluice.awaitUrl();
        for (String journal : JOURNALS) {
          check(server, journal, producers);
        }
      }
    } catch (AssertionError | IOException e) {
      throw new AssertionError("-Dsluice.test.seed=" + seed + ": " + e.getMessage(), e);
    }
  }

  private SluiceProcess serve() throws IOException {
    return SluiceProcess.start("serve", "--listen", "0", "--data", data.toString());
  }

  private void appendUntilKilled(List<Producer> producers, int millis) throws Exception {
    killing = false;
    try (SluiceProcess sluice = serve()) {
      URI server = sluice.awaitUrl();
      for (String journal : JOURNALS) {
        create(server, journal);
        check(server, journal, producers);
      }
      List<Throwable> failures = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (Producer producer : producers) {
        threads.add(
            Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
                .start(() -> producer.run(server)));
      }
      TimeUnit.MILLISECONDS.sleep(millis); // when it is killed is what the seed chooses
      killing = true;
      sluice.process().destroyForcibly(); // SIGKILL
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), failures);
    }
  }

  private void create(URI server, String journal) throws IOException, InterruptedException {
    HttpRequest put =
        HttpRequest.newBuilder(server.resolve("/v1/stream/" + journal))
            .header("Content-Type", "text/plain")
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    int status = client.send(put, HttpResponse.BodyHandlers.discarding()).statusCode();
    assertTrue(status == 200 || status == 201, () -> "PUT " + journal + ": " + status);
  }

  /** Each producer's records are there in order, once, up to what it knows or one more. */
  private void check(URI server, String journal, List<Producer> producers)
      throws IOException, InterruptedException {
    String content = content(server, journal);
    List<List<String>> found = new ArrayList<>();
    for (int i = 0; i < PRODUCERS; i++) {
      found.add(new ArrayList<>());
    }
    int at = 0;
    while (at < content.length()) {
      int end = content.indexOf('\n', at) + 1;
      String record = end == 0 ? content.substring(at) : content.substring(at, end);
      assertTrue(record.matches("<\\d+ \\d+ x+>\n"), () -> "half a record: " + record);
      found.get(Integer.parseInt(record.substring(1, record.indexOf(' ')))).add(record);
      at += record.length();
    }
    for (Producer producer : producers) {
      if (producer.journal.equals(journal)) {
        List<String> expected = new ArrayList<>(producer.acknowledged);
        if (found.get(producer.number).size() > expected.size()) {
          expected.add(producer.next); // its answer was lost
        }
        assertEquals(expected, found.get(producer.number), () -> "producer " + producer.number);
      }
    }
  }

  private String content(URI server, String journal) throws IOException, InterruptedException {
    HttpRequest head =
        HttpRequest.newBuilder(server.resolve("/v1/stream/" + journal)).HEAD().build();
    String tail =
        client
            .send(head, HttpResponse.BodyHandlers.discarding())
            .headers()
            .firstValue("Stream-Next-Offset")
            .orElseThrow();
    int length = Integer.parseInt(tail.substring(tail.indexOf('_') + 1));
    HttpRequest get =
        HttpRequest.newBuilder(server.resolve("/" + journal + "?as=raw&offset=-1")).build();
    try (InputStream body = client.send(get, HttpResponse.BodyHandlers.ofInputStream()).body()) {
      byte[] bytes = body.readNBytes(length);
      assertEquals(length, bytes.length, "the journal ends before its tail");
      return new String(bytes, StandardCharsets.US_ASCII);
    }
  }
}
