package dev.sluice.bench.peers;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What is told to all viewers: {@code count} messages of {@code size} bytes, so many a second. */
record Publication(long count, long rate, int size) {

  /**
   * Parses {@code n=N&rate=R&size=S}.
   *
   * @throws IllegalArgumentException if a parameter is missing or is not a number
   */
  static Publication parse(String query) {
    return new Publication(
        StreamRequest.number(query, "n"),
        StreamRequest.number(query, "rate"),
        Math.toIntExact(StreamRequest.number(query, "size")));
  }

  /** Gives each message when it is due, as an event. */
  void run(Consumer<byte[]> viewers) throws InterruptedException {
    Message message = new Message(size);
    long start = System.nanoTime();
    for (long i = 0; i < count; i++) {
      long wait = start + i * 1_000_000_000 / rate - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
      String text = new String(message.stamped(), StandardCharsets.ISO_8859_1);
      viewers.accept(("data: " + text + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
