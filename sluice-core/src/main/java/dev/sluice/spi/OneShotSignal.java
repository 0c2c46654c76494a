package dev.sluice.spi;

import dev.sluice.Signal;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A {@link Signal} and the means to raise it. */
public final class OneShotSignal implements Signal {
  private static final System.Logger LOG = System.getLogger("dev.sluice");

  private final CountDownLatch raised = new CountDownLatch(1);
  private Set<Runnable> actions = new LinkedHashSet<>(0);

  /** A signal that has not been raised. */
  public OneShotSignal() {}

  /**
   * Raises it: wakes who waits, runs the actions on this thread.
   *
   * @return whether this was the first call; later ones do nothing
   */
  public boolean raise() {
    Collection<Runnable> due;
    synchronized (this) {
      if (isSet()) {
        return false;
      }
      raised.countDown();
      due = actions;
      actions = Set.of();
    }
    due.forEach(OneShotSignal::runLogged);
    return true;
  }

  @Override
  public boolean isSet() {
    return raised.getCount() == 0;
  }

  @Override
  public void onSet(Runnable action) {
    synchronized (this) {
      if (!isSet()) {
        actions.add(action);
        return;
      }
    }
    runLogged(action);
  }

  /** As {@link #onSet}; what is returned forgets the action. */
  public Runnable register(Runnable action) {
    onSet(action);
    return () -> forget(action);
  }

  private synchronized void forget(Runnable action) {
    if (!isSet()) {
      actions.remove(action);
    }
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    return raised.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static void runLogged(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) { // others wait to be told, and a response to be ended
      LOG.log(Level.ERROR, "an action on a signal failed", e);
    }
  }
}
