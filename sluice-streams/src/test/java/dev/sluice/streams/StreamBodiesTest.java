package dev.sluice.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Router;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.MemoryStore;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large bodies at the same time, and what becomes of the memory that they take. */
final class StreamBodiesTest {
  private static final int BUDGET = 300_000;
  private static final String TYPE = "application/json";

  private final MemoryStore store =
      new MemoryStore(JournalLimits.defaults().withJournalBytesMax(1_000_000));
  private final BodyBudget budget = new BodyBudget(BUDGET, Duration.ofMillis(1));
  private final Router site =
      new StreamHandler(new Journals(store), StreamOptions.defaults(), budget, true)
          .addTo(new Router());

  @BeforeEach
  void create() {
    assertEquals(201, run(TestRequest.of("PUT", "/v1/stream/a").header("Content-Type", TYPE)));
  }

  @Test
  void one_body_too_many_is_told_to_come_again_and_finds_room_then() throws IOException {
    BodyBudget.Share others = budget.share();
    others.take(BUDGET + 1);
    TestExchange refused = TestExchange.run(site, post().body(json(100_000)));
    assertEquals(503, refused.status());
    assertEquals("1", refused.headers().get("Retry-After"));
    assertEquals("no-store", refused.headers().get("Cache-Control"));
    assertEquals(1, refused.body().lines().count());
    assertEquals(0, tail());
    assertEquals(204, run(post().body(json(1000))), "a small one waits for nobody");
    others.close();
    assertEquals(204, run(post().body(json(100_000))));
    assertEquals(101_002, tail());
    assertEquals(BUDGET, budget.left());
  }

  @Test
  void what_a_body_took_is_given_back_whatever_becomes_of_it() throws IOException {
    TestRequest[] requests = {
      post().body(json(100_000)), // appended
      post().body(json(100_000).replace('"', ' ')), // not JSON
      post().body(json(100_000)).header("Content-Type", "text/plain"), // another type
      post().body(json(150_001)), // more than half of all
      post().body(failing(new IOException("the client went"))),
      post().body(failing(new IllegalStateException("a fault of ours"))),
      post().body(failing(new OutOfMemoryError("a test says so"))),
      TestRequest.of("PUT", "/v1/stream/a").body("x".repeat(100_000)), // there already
      TestRequest.of("PUT", "/v1/stream/b").body("x".repeat(100_000)),
    };
    int[] statuses = {204, 400, 409, 413, 500, 500, 500, 409, 201};
    for (int i = 0; i < requests.length; i++) {
      assertEquals(statuses[i], run(requests[i]), "request " + i);
      assertEquals(BUDGET, budget.left(), "request " + i);
    }
    for (int status = 204; status == 204; assertEquals(BUDGET, budget.left())) {
      status = run(post().body(json(100_000)));
      assertTrue(status == 204 || status == 507, "status " + status); // it is full
    }
    assertEquals(204, run(post().header("Stream-Closed", "true")));
    assertEquals(409, run(post().body(json(100_000))));
    assertEquals(BUDGET, budget.left());
  }

  private static TestRequest post() {
    return TestRequest.of("POST", "/v1/stream/a").header("Content-Type", TYPE);
  }

  private static String json(int size) {
    return '"' + "x".repeat(size - 2) + '"';
  }

  /** So many bytes that some are taken of the budget, and then a failure. */
  private static InputStream failing(Throwable failure) {
    return new SequenceInputStream(
        new ByteArrayInputStream(new byte[100_000]),
        new InputStream() {
          @Override
          public int read() throws IOException {
            return read(new byte[1], 0, 1);
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            switch (failure) {
              case IOException e -> throw e;
              case RuntimeException e -> throw e;
              case Error e -> throw e;
              default -> throw new IllegalArgumentException(failure);
            }
          }
        });
  }

  private int run(TestRequest request) {
    return TestExchange.run(site, request).status();
  }

  private long tail() throws IOException {
    return store.find("a").tail().position();
  }
}
