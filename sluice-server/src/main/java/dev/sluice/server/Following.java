package dev.sluice.server;

import dev.sluice.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * The viewer that a response became, if it did.
 *
 * <p>Thread: the loop's.
 */
final class Following {
  private final ServerConnection connection;
  private final Timeouts timeouts;
  private @Nullable Viewer viewer;

  Following(ServerConnection connection) {
    this.connection = connection;
    this.timeouts = connection.server().options().timeouts();
  }

  /** Begins to send to a host. */
  void begin(Follow follow, ViewerHost host) {
    JournalViewers group = connection.groups().of(follow.journal());
    viewer = new Viewer(follow, host, group, timeouts.write().toNanos());
    group.add(viewer);
  }

  boolean isOn() {
    return viewer != null;
  }

  /**
   * A viewer has ended; the others are told.
   *
   * @return false if that is known already
   */
  boolean end(Viewer ended, CloseReason reason) {
    if (viewer != ended) {
      return false;
    }
    viewer = null;
    ended.over();
    connection.groups().release(ended.group());
    tell(ended.follow(), reason, ended.bytesSent());
    return true;
  }

  /** Cuts it, which its host is told of. */
  void cut(CloseReason reason) {
    if (viewer != null) {
      viewer.cut(reason);
    }
  }

  /** Ends it without its host being told. */
  void drop(CloseReason reason) {
    Viewer open = viewer;
    if (open != null) {
      var _ = end(open, reason);
    }
  }

  void sweep(long now) {
    if (viewer != null) {
      viewer.sweep(now, timeouts.heartbeat().toNanos());
    }
  }

  /** Tells who asked to be told of the end. */
  static void tell(Follow follow, CloseReason reason, long bytes) {
    try {
      follow.end().ended(reason, bytes);
    } catch (RuntimeException e) {
      ServerLog.warn("who was told of the end of a viewer failed", e);
    }
  }
}
