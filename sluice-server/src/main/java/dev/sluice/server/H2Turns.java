package dev.sluice.server;

import java.util.LinkedHashSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The streams that wait for their connection: for its window, or for its output to take more. They
 * have their turns in the order in which they came, only so many at a time as there is room for:
 * one byte of window must not wake hundreds. Who has had his and leaves room passes it on.
 *
 * <p>Thread: the loop's, but {@link #passOn}.
 */
final class H2Turns {
  private static final int AT_ONCE_MAX = 16;

  private final H2Connection connection;
  private final LinkedHashSet<H2Outlet> waiting = new LinkedHashSet<>(0);
  private final AtomicBoolean posted = new AtomicBoolean();
  private volatile boolean any;

  H2Turns(H2Connection connection) {
    this.connection = connection;
  }

  /** Queues up behind the others. */
  void await(H2Outlet outlet) {
    waiting.remove(outlet);
    waiting.add(outlet);
    any = true;
  }

  /** Lets some have their turn. */
  void next() {
    int frames = connection.windows().framesLeft();
    int turns = Math.min(frames, AT_ONCE_MAX);
    for (int looks = waiting.size(); looks > 0 && turns > 0; looks--) {
      if (waiting.removeFirst().wake()) {
        turns--;
      }
    }
    any = !waiting.isEmpty();
  }

  /** There is room left, for others who wait. Any thread. */
  void passOn() {
    if (any && posted.compareAndSet(false, true)) {
      connection.onLoop(() -> {
        posted.set(false);
        next();
      });
    }
  }
}
