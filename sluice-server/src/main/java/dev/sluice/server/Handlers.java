package dev.sluice.server;

import dev.sluice.Handler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * The handlers of a server that are in progress, each on a virtual thread of its own, and how many
 * there may be: one that waits holds its thread's stack, a request and a response. A request that
 * finds no room has a handler that says so (503).
 *
 * <p>Thread safety: all methods.
 */
final class Handlers {
  /** A larger head counts as so many handlers as it has parts of this size. */
  static final int HEAD_BYTES = 4 * 1024;

  /** Refusals in progress, whose clients may be slow to read them, that cost little together. */
  private static final int REFUSALS_MAX = 256;

  private static final long PLACE = 1L << Integer.SIZE;

  private final int max;
  private final Rejection rejection;
  private final Handler refusing;
  private final ThreadFactory threads = Thread.ofVirtual().name("sluice-handler").factory();

  /** The places that are taken; in the lower half, how many threads have not run yet. */
  private final AtomicLong taken = new AtomicLong();

  private final AtomicInteger refusals = new AtomicInteger();

  Handlers(int max) {
    this.max = max;
    this.rejection = new Rejection(503, "too many requests in progress: " + max);
    this.refusing = new RefusingHandler(rejection);
  }

  /** Runs an exchange, its handler or a refusal. */
  void start(Exchange exchange) {
    int places = take(exchange.request());
    boolean started = false;
    try {
      threads
          .newThread(() -> {
            taken.decrementAndGet();
            exchange.run(this, places);
          })
          .start();
      started = true;
    } finally {
      if (!started) {
        taken.decrementAndGet();
        ended(places);
      }
    }
  }

  /** How many places it has; none for a refusal. */
  private int take(ServerRequest request) {
    var head = new HeadSize();
    request.headers().forEach(head);
    int bytes = request.target().length() + head.bytes;
    int places = Math.min(max, 1 + bytes / HEAD_BYTES);
    if (taken.addAndGet(places * PLACE + 1) >>> Integer.SIZE <= max) {
      return places;
    }
    taken.addAndGet(-places * PLACE);
    refusals.incrementAndGet();
    return 0;
  }

  /** An exchange is over: gives its places back. */
  void ended(int places) {
    if (places > 0) {
      taken.addAndGet(-places * PLACE);
    } else {
      refusals.decrementAndGet();
    }
  }

  /** Answers for the handler of an exchange without a place. */
  Handler refusing() {
    return refusing;
  }

  /** Whether there are so many refusals that not even those are started any more. */
  boolean isFlooded() {
    return refusals.get() >= REFUSALS_MAX;
  }

  /** Starts no more. */
  void refuseAll() {
    refusals.addAndGet(REFUSALS_MAX);
  }

  /** What is said to those that are not started. */
  Rejection rejection() {
    return rejection;
  }

  /** How many were started whose threads have not run yet. */
  int waiting() {
    return taken.intValue();
  }

  /** How many places are taken. */
  int inProgress() {
    return (int) (taken.get() >>> Integer.SIZE);
  }

  private static final class HeadSize implements BiConsumer<String, String> {
    private int bytes;

    @Override
    public void accept(String name, String value) {
      bytes += name.length() + value.length();
    }
  }
}
