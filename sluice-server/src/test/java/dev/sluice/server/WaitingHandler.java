package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does something first, if told to, and then waits, without writing, until it is released or
 * interrupted.
 *
 * <p>Thread safety: all methods; it is meant for one request.
 */
final class WaitingHandler implements Handler {
  private final Handler first;
  private final Gate waiting = new Gate();
  private final CountDownLatch released = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private volatile @Nullable StreamClosedException refusal;

  WaitingHandler() {
    this((request, response) -> {});
  }

  WaitingHandler(Handler first) {
    this.first = first;
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    first.handle(request, response);
    waiting.open();
    try {
      released.await();
    } catch (InterruptedException e) {
      tryToWrite(response);
      interrupted.countDown();
      throw e;
    }
  }

  private void tryToWrite(Response response) throws IOException {
    try {
      response.write("nobody reads this");
      response.flush();
    } catch (StreamClosedException e) {
      refusal = e;
    }
  }

  /** Waits until it waits. */
  void awaitWaiting() throws InterruptedException {
    waiting.pass();
  }

  /** Lets it return. */
  void release() {
    released.countDown();
  }

  /** Expects it to be interrupted, or to have been. */
  void expectInterrupt() throws InterruptedException {
    assertTrue(interrupted.await(60, TimeUnit.SECONDS), "interrupted");
  }

  /** What a write after the interrupt threw, or null. */
  @Nullable StreamClosedException refusal() {
    return refusal;
  }
}
