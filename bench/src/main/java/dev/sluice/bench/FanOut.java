package dev.sluice.bench;

import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.streams.RawEncoding;
import dev.sluice.streams.SseEncoding;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** One journal, and all who follow it. */
final class FanOut {
  private static final long BYTES_KEPT = 256L * 1024 * 1024;

  private final Journal journal = new Journal("bench", BYTES_KEPT);

  void subscribe(Request request, Response response) throws IOException {
    response.follow(journal, journal.tail(), RawEncoding.ALL, reason -> {});
  }

  void subscribeToEvents(Request request, Response response) throws IOException {
    response.follow(journal, journal.tail(), new SseEncoding(null, false), reason -> {});
  }

  /** Appends on a fixed schedule: one that is late catches up, and is not forgiven. */
  void publish(Request request, Response response) throws IOException, InterruptedException {
    long count = Serve.number(request, "n", 1, Long.MAX_VALUE);
    long rate = Serve.number(request, "rate", 1, 1_000_000);
    int size = (int) Serve.number(request, "size", Serve.STAMP_BYTES + 1, Serve.SIZE_MAX);
    byte[] message = Serve.message(size);
    long start = System.nanoTime();
    for (long i = 0; i < count; i++) {
      long wait = start + i * 1_000_000_000 / rate - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
      Serve.stamp(message, System.nanoTime());
      journal.append(Kind.STDOUT, Instant.now(), message, 0, size);
    }
    response.write(count + " published\n");
  }
}
