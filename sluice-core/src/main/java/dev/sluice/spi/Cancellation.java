package dev.sluice.spi;

import dev.sluice.CloseReason;
import dev.sluice.Signal;
import dev.sluice.StreamClosedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What ends an exchange before its handler is done: the first failure, which is sticky, and the
 * interrupt that tells the handler's thread.
 *
 * <p>Thread safety: all methods may be called by any thread. The interrupt cannot hit the thread
 * after {@link #leave}, when it does something else.
 */
public final class Cancellation implements Signal {
  private final OneShotSignal signal = new OneShotSignal();
  private volatile @Nullable StreamClosedException cause;
  private @Nullable Thread handlerThread;
  private boolean interrupt = true;

  /** Nothing has happened yet. */
  public Cancellation() {}

  /** The first failure, or null. */
  public @Nullable StreamClosedException cause() {
    return cause;
  }

  /**
   * Why the exchange ended early.
   *
   * @throws IllegalStateException if it did not
   */
  public CloseReason reason() {
    StreamClosedException failure = cause;
    if (failure == null) {
      throw new IllegalStateException("not cancelled");
    }
    return failure.reason();
  }

  /**
   * Records a failure, interrupts the handler if another thread found it, and raises the signal.
   *
   * @return whether this was the first
   */
  public boolean cancel(StreamClosedException failure) {
    synchronized (this) {
      if (cause != null) {
        return false;
      }
      cause = failure;
      if (handlerThread != null && interrupt && !handlerThread.equals(Thread.currentThread())) {
        handlerThread.interrupt();
      }
    }
    signal.raise();
    return true;
  }

  /** The current thread runs the handler from now on; an early cancellation interrupts it here. */
  synchronized void enter() {
    handlerThread = Thread.currentThread();
    if (cause != null && interrupt) {
      handlerThread.interrupt();
    }
  }

  /** The handler is done; its thread is no longer interrupted, and forgets that it was. */
  synchronized void leave() {
    handlerThread = null;
    Thread.interrupted();
  }

  synchronized void interruptOnCancel(boolean interrupt) {
    this.interrupt = interrupt;
  }

  @Override
  public boolean isSet() {
    return cause != null;
  }

  @Override
  public void onSet(Runnable action) {
    signal.onSet(action);
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    return signal.await(timeout);
  }
}
