package dev.sluice.server;

import java.util.LinkedHashSet;
import java.util.List;
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

  /** Queues up behind the others, or stays where it is. */
  void await(H2Outlet outlet) {
    waiting.add(outlet);
    any = true;
  }

  void leave(H2Outlet outlet) {
    waiting.remove(outlet);
  }

  /**
   * Lets some have their turn: as many as have room, and one that may need none. What one takes the
   * next does not find any more; who finds nothing keeps his place.
   */
  void next() {
    if (connection.output().isFull()) {
      return;
    }
    int turns = Math.clamp(connection.windows().framesLeft(), 1, AT_ONCE_MAX);
    for (H2Outlet outlet : List.copyOf(waiting)) {
      if (turns == 0) {
        break;
      }
      if (!outlet.isAwaited()) {
        waiting.remove(outlet);
      } else if (outlet.isReady()) {
        turns--;
        outlet.wake();
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
