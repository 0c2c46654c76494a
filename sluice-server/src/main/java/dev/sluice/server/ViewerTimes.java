package dev.sluice.server;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The times of a viewer: since when its client has taken nothing, and how long it may stay.
 *
 * <p>Thread: the viewer's.
 */
final class ViewerTimes {
  /** How often a socket that says nothing is tried within the write timeout. */
  private static final int TRIES = 8;

  private final long writeTimeoutNanos;
  private final long lifetimeNanos;
  private final long begun = System.nanoTime();
  private long progress = begun;
  private int triesSince;

  ViewerTimes(long writeTimeoutNanos, Duration lifetime) {
    this.writeTimeoutNanos = writeTimeoutNanos;
    this.lifetimeNanos = scattered(lifetime);
  }

  /** A tenth more or less: those who came together do not come back together. */
  private static long scattered(Duration lifetime) {
    return (long) (lifetime.toNanos() * (0.9 + 0.2 * ThreadLocalRandom.current().nextDouble()));
  }

  /** The client has taken something, or begins to be waited for. */
  void onProgress(long now) {
    progress = now;
    triesSince = 0;
  }

  /** Whether a client that takes nothing is not waited for any longer. */
  boolean isStuck(long now) {
    return now - progress > writeTimeoutNanos;
  }

  /** Whether it is time to try again: the kernel may have room long before it says so. */
  boolean isTimeToTry(long now) {
    boolean is = now - progress > (triesSince + 1) * (writeTimeoutNanos / TRIES);
    triesSince += is ? 1 : 0;
    return is;
  }

  /** Whether nothing was sent for so long. */
  boolean isSilent(long now, long nanos) {
    return now - progress > nanos;
  }

  /** Whether it has had its lifetime. */
  boolean isOld(long now) {
    return lifetimeNanos > 0 && now - begun > lifetimeNanos;
  }
}
