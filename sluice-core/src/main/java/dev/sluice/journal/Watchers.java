package dev.sluice.journal;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Who is told of appends.
 *
 * <p>Thread safety: all methods.
 */
final class Watchers {
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  private final CopyOnWriteArrayList<Runnable> actions = new CopyOnWriteArrayList<>();

  /** Adds an action; returns what takes it away. */
  Runnable add(Runnable action) {
    actions.add(action);
    var undone = new AtomicBoolean();
    return () -> {
      if (undone.compareAndSet(false, true)) { // the same action may watch twice
        actions.remove(action);
      }
    };
  }

  boolean isEmpty() {
    return actions.isEmpty();
  }

  void wake() {
    for (Runnable action : actions) {
      try {
        action.run();
      } catch (RuntimeException e) { // the append has happened, and others are to be told
        LOG.log(System.Logger.Level.ERROR, "a watcher of a journal failed", e);
      }
    }
  }
}
