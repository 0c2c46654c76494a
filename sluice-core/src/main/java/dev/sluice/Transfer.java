package dev.sluice;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Pump} at work on a thread of its own.
 *
 * <p>While it is, nobody else may write to the response. It ends at the latest with the handler: a
 * handler that returns waits for it; one that fails, or whose client goes, cancels it. A failure of
 * the transfer cuts the response, whether {@link #join} was called or not.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Transfer {
  private final PumpCopy copy;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean cancelled;
  private volatile @Nullable Throwable failure;

  private Transfer(PumpCopy copy) {
    this.copy = copy;
    Thread.Builder builder = copy.parks() ? Thread.ofVirtual() : Thread.ofPlatform().daemon(true);
    this.thread = builder.name(Thread.currentThread().getName() + "-pump").unstarted(this::run);
  }

  static Transfer start(PumpCopy copy, Response response) {
    var transfer = new Transfer(copy);
    response.defer(transfer::end);
    transfer.thread.start();
    return transfer;
  }

  /**
   * Waits until the transfer has ended; it then uses the response no more.
   *
   * @return how many bytes it has written; all of the source's, unless it was cancelled
   * @throws IOException if the source failed, or the response did ({@link StreamClosedException})
   * @throws InterruptedException if the waiting thread is interrupted; the transfer goes on
   */
  public long join() throws IOException, InterruptedException {
    ended.await();
    switch (failure) {
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {}
    }
    return copy.bytesWritten();
  }

  /**
   * Stops the transfer: lets go of the source, which ends a process, and waits for a write under
   * way to a slow client. The response can then be written to again, and is whole if the handler
   * returns.
   *
   * <p>A thread that reads a silent pipe or terminal cannot be woken on every platform; it is a
   * daemon, and ends with the next byte or the end of its source. It writes nothing more.
   */
  public void cancel() {
    cancelled = true;
    copy.shut();
    // Nobody is within a call of the response now, which an interrupt would cut.
    thread.interrupt();
    ended.countDown();
  }

  /** How many bytes have been written to the response so far. */
  public long bytes() {
    return copy.bytesWritten();
  }

  private void run() {
    try {
      copy.run();
    } catch (Throwable t) {
      if (!cancelled) {
        failure = t;
      }
    } finally {
      ended.countDown();
    }
  }

  private void end(boolean succeeded) throws IOException, InterruptedException {
    if (!succeeded) {
      abort();
    }
    try {
      join();
    } catch (InterruptedException e) {
      abort();
      throw e;
    }
  }

  /** Cancels, and does not wait for a slow client: its response is cut anyway. */
  private void abort() {
    if (ended.getCount() > 0) {
      cancelled = true;
      thread.interrupt();
      copy.interruptFlush();
      cancel();
    }
  }
}
