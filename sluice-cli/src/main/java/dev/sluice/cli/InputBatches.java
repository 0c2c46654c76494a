package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What comes in, cut into batches where lines end, so that the lines of several writers do not mix.
 * A thread of its own reads ahead, up to a limit.
 *
 * <p>A line that is not complete waits for its end, until there are {@link #BATCH_BYTES} of it, the
 * input has ended, or nothing has come for 200 ms: a prompt, say.
 *
 * <p>Thread safety: all methods.
 */
final class InputBatches implements Batches {
  /** No batch is larger. */
  static final int BATCH_BYTES = 256 * 1024;

  private static final int BUFFER_BYTES = 1024 * 1024;
  private static final int READ_BYTES = 64 * 1024;
  private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int length;
  private long arrivedNanos;
  private boolean ended;
  private boolean stopped;
  private @Nullable IOException failure;

  private InputBatches() {}

  /** Begins to read. */
  static InputBatches of(InputStream in) {
    var batches = new InputBatches();
    Thread.ofPlatform().daemon().name("sluice-input").start(() -> batches.read(in));
    return batches;
  }

  /**
   * The next one, or null after the last one; waits for it.
   *
   * @throws IOException if the input failed, after all that came before
   */
  @Override
  public synchronized @Nullable Batch take() throws IOException, InterruptedException {
    while (true) {
      int count = complete();
      if (count > 0) {
        return remove(count);
      }
      if (ended) {
        if (failure != null) {
          throw failure;
        }
        return null;
      }
      if (length == 0) {
        wait();
        continue;
      }
      long left = SILENCE_NANOS - (System.nanoTime() - arrivedNanos);
      if (left <= 0) {
        return remove(length);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  /** Takes no more in: what has come is all. */
  synchronized void stop() {
    stopped |= !ended;
    ended = true;
    notifyAll();
  }

  /** Whether it was stopped before its end. */
  synchronized boolean stopped() {
    return stopped;
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** How many bytes of the next batch are there to be sent. */
  private int complete() {
    int most = Math.min(length, BATCH_BYTES);
    for (int i = most - 1; i >= 0; i--) {
      if (buffer[i] == '\n') {
        return i + 1;
      }
    }
    return ended || length >= BATCH_BYTES ? most : 0;
  }

  private Batch remove(int count) {
    byte[] batch = Arrays.copyOf(buffer, count);
    System.arraycopy(buffer, count, buffer, 0, length - count);
    length -= count;
    notifyAll();
    return new Batch(batch, count);
  }

  private void read(InputStream in) {
    byte[] bytes = new byte[READ_BYTES];
    try {
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        if (!put(bytes, count)) {
          return;
        }
      }
    } catch (IOException e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end();
    }
  }

  private synchronized boolean put(byte[] bytes, int count) throws InterruptedException {
    while (!ended && length + count > buffer.length) {
      wait();
    }
    if (ended) {
      return false;
    }
    System.arraycopy(bytes, 0, buffer, length, count);
    length += count;
    arrivedNanos = System.nanoTime();
    notifyAll();
    return true;
  }

  private synchronized void fail(IOException e) {
    failure = e;
  }
}
