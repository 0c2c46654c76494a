package dev.sluice.server;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a server: those that speak HTTP, and those that were hijacked.
 *
 * <p>Thread safety: all methods; a connection comes and goes once in its life, so one lock will do.
 */
final class Connections {
  private final int max;
  private final Set<ServerConnection> open = new HashSet<>();
  private final Set<ServerConnection> hijacked = new HashSet<>();
  private @Nullable Runnable onNoneHijacked;

  Connections(int max) {
    this.max = max;
  }

  /** Adds a connection, unless there are too many. */
  synchronized boolean tryAdd(ServerConnection connection) {
    return open.size() + hijacked.size() < max && open.add(connection);
  }

  synchronized void hijacked(ServerConnection connection) {
    if (open.remove(connection)) {
      hijacked.add(connection);
      notifyAll();
    }
  }

  void remove(ServerConnection connection) {
    @Nullable Runnable due = null;
    synchronized (this) {
      open.remove(connection);
      if (hijacked.remove(connection) && hijacked.isEmpty()) {
        due = onNoneHijacked;
      }
      notifyAll();
    }
    if (due != null) {
      due.run();
    }
  }

  synchronized int count() {
    return open.size();
  }

  void forEach(Consumer<ServerConnection> action) {
    List<ServerConnection> now;
    synchronized (this) {
      now = List.copyOf(open);
    }
    now.forEach(action);
  }

  /** Waits until no connection speaks HTTP any more, or the time is over. */
  synchronized void awaitNone(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long left = deadline - System.nanoTime();
    while (!open.isEmpty() && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }

  /** Runs an action once no hijacked connection is left: now, or when the last one closes. */
  void whenNoneHijacked(Runnable action) {
    synchronized (this) {
      if (!hijacked.isEmpty()) {
        onNoneHijacked = action;
        return;
      }
    }
    action.run();
  }
}
