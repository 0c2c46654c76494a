package dev.sluice;

import java.time.Duration;

/**
 * Something that happens once, seen by any thread: the client has gone, the server drains.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public interface Signal {

  /** Whether it has happened. */
  boolean isSet();

  /**
   * Runs an action when it happens, or at once if it has.
   *
   * <p>The action runs on the thread that raises the signal, which may be an event loop: it must
   * not block. What it throws is logged.
   */
  void onSet(Runnable action);

  /**
   * Waits until it happens.
   *
   * @param timeout how long to wait at the most
   * @return whether it has happened
   * @throws InterruptedException if the waiting thread is interrupted
   */
  boolean await(Duration timeout) throws InterruptedException;
}
