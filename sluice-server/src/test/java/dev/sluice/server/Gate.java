package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Something that one thread of a test waits for and another lets happen.
 *
 * <p>Thread safety: all methods.
 */
final class Gate {
  private static final int PATIENCE_SECONDS = 60;

  private final CountDownLatch latch = new CountDownLatch(1);

  /** Lets all pass, now and later. */
  void open() {
    latch.countDown();
  }

  /** Waits until it is open; fails after a minute. */
  void pass() throws InterruptedException {
    if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      fail("what was waited for did not happen within " + PATIENCE_SECONDS + " s");
    }
  }
}
