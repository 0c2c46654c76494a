package dev.sluice.examples;

import dev.sluice.ForwardingResponse;
import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.Response;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs a handler step by step, under the eyes of a test: each of its flushes, and its return, waits
 * until the test says that it may go on. What the client has before that, it has in time.
 *
 * <p>Thread safety: all methods; it is meant for one request.
 */
final class WatchedHandler implements Handler {
  private final Handler handler;
  private final Semaphore steps = new Semaphore(0);
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicLong bytesWritten = new AtomicLong();

  WatchedHandler(Handler handler) {
    this.handler = handler;
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    handler.handle(request, new Watched(response));
    done.countDown();
    steps.acquire();
  }

  /** Lets the handler go on to its next flush, or return. */
  void goOn() {
    steps.release();
  }

  /** Waits until the handler has done all that it does; it has not returned yet. */
  void awaitDone() throws InterruptedException {
    done.await();
  }

  /** Whether the handler has done all that it does. */
  boolean isDone() {
    return done.getCount() == 0;
  }

  /** How much it has written, to the end of the last call of write. */
  long bytesWritten() {
    return bytesWritten.get();
  }

  private final class Watched extends ForwardingResponse {
    private Watched(Response response) {
      super(response);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      super.write(bytes, offset, length);
      bytesWritten.addAndGet(length);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      int length = bytes.remaining();
      super.write(bytes);
      bytesWritten.addAndGet(length);
    }

    @Override
    public void flush() throws IOException {
      super.flush();
      try {
        steps.acquire();
      } catch (InterruptedException e) {
        throw new InterruptedIOException("the client has gone");
      }
    }
  }
}
