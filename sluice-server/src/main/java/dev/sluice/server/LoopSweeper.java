package dev.sluice.server;

import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the times of one event loop's connections: one timer for all of them.
 *
 * <p>Thread: the loop's.
 */
final class LoopSweeper {
  private static final long PERIOD_MILLIS = 250;

  private final EventLoop loop;
  private final Set<ServerConnection> connections = new HashSet<>();
  private boolean scheduled;

  LoopSweeper(EventLoop loop) {
    this.loop = loop;
  }

  void add(ServerConnection connection) {
    connections.add(connection);
    schedule();
  }

  void remove(ServerConnection connection) {
    connections.remove(connection);
  }

  /** A loop without connections has no timer. */
  private void schedule() {
    if (!scheduled && !connections.isEmpty()) {
      var _ = loop.schedule(this::sweep, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
      scheduled = true; // now: if it failed, for want of memory, the next connection tries again
    }
  }

  private void sweep() {
    scheduled = false;
    schedule(); // first: no timeout of any connection may depend on what goes wrong below
    long now = System.nanoTime();
    for (ServerConnection connection : connections.toArray(new ServerConnection[0])) {
      try {
        connection.sweep(now);
      } catch (RuntimeException e) {
        connection.channel().pipeline().fireExceptionCaught(e);
      }
    }
  }
}
