package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does, where nothing signals it. */
final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PERIOD_MILLIS = 2;

  private Await() {}

  /** Waits until a condition holds; fails after a minute, with what was waited for. */
  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("not within " + PATIENCE + ": " + what);
      }
      Thread.sleep(PERIOD_MILLIS);
    }
  }
}
