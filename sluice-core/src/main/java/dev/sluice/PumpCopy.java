package dev.sluice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a source to a response.
 *
 * <p>Thread safety: {@link #run} is called once; {@link #shut}, {@link #interruptFlush} and {@link
 * #bytesWritten} by any thread.
 */
final class PumpCopy {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final PumpSource source;
  private final FlushPolicy policy;
  private final PumpOutput output;
  private volatile @Nullable Thread timer;
  private volatile @Nullable Exception timerFailure;

  /** Whether something that was written is to be flushed as soon as the source has no more. */
  private boolean flushOwed;

  PumpCopy(PumpSource source, FlushPolicy policy, Response response) {
    this.source = source;
    this.output = new PumpOutput(response);
    this.policy = output.flushable() ? policy : FlushPolicy.none();
  }

  long bytesWritten() {
    return output.bytesWritten();
  }

  boolean parks() {
    return source.parks();
  }

  /** Copies until the source ends, it fails, or the response does. */
  void run() throws IOException {
    try {
      source.open();
      copy();
      output.shut();
      throwTimerFailure(null);
    } catch (IOException | RuntimeException | Error e) {
      output.shut();
      cancelSource(e);
      throwTimerFailure(e);
      throw e;
    }
    source.close();
  }

  /**
   * Lets nothing more out, and wakes the source's reader where that is possible. What is being
   * written is finished first.
   */
  void shut() {
    // A close may wait for the read it is to wake, as that of an InputStreamReader does.
    Thread.ofVirtual().name("sluice-pump-cancel").start(() -> cancelSource(null));
    output.shut();
  }

  /** Wakes the timer from a flush to a slow client. */
  void interruptFlush() {
    Thread thread = timer;
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void copy() throws IOException {
    if (!(policy instanceof FlushPolicy.None)) {
      output.flush();
    }
    if (policy instanceof FlushPolicy.AtMostEvery(Duration interval)) {
      timer = Thread.ofVirtual().name("sluice-pump-timer").start(() -> flushByTheClock(interval));
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (source.read(buffer.clear()) >= 0) {
      boolean filled = !buffer.hasRemaining();
      if (!forward(buffer.flip(), filled)) {
        return;
      }
    }
    if (!(policy instanceof FlushPolicy.None)) {
      output.flush();
    }
  }

  private boolean forward(ByteBuffer bytes, boolean filled) throws IOException {
    int flushed = lengthToFlush(bytes);
    flushOwed |= flushed > 0;
    boolean open = output.write(bytes.slice(0, flushed));
    if (flushOwed && !(filled && source.more())) {
      output.flush();
      flushOwed = false;
    }
    return open && output.write(bytes.position(flushed));
  }

  private int lengthToFlush(ByteBuffer bytes) {
    return switch (policy) {
      case FlushPolicy.None(), FlushPolicy.AtMostEvery(var _) -> 0;
      case FlushPolicy.EachRead() -> bytes.limit();
      case FlushPolicy.EachLine() -> {
        int length = bytes.limit();
        while (length > 0 && bytes.get(length - 1) != '\n') {
          length--;
        }
        yield length;
      }
    };
  }

  private void flushByTheClock(Duration interval) {
    try {
      while (output.flushWhenDue(interval)) {
        // again
      }
    } catch (InterruptedException e) {
      // Only a cancelled pump's timer is interrupted, and its failures are nobody's.
    } catch (IOException | RuntimeException e) {
      timerFailure = e;
      cancelSource(e);
    }
  }

  private void throwTimerFailure(@Nullable Throwable consequence) throws IOException {
    Exception failure = timerFailure;
    if (failure == null || failure.equals(consequence)) {
      return;
    }
    if (consequence != null) {
      failure.addSuppressed(consequence);
    }
    switch (failure) {
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(failure);
    }
  }

  private void cancelSource(@Nullable Throwable because) {
    try {
      source.cancel();
    } catch (IOException | RuntimeException e) {
      if (because != null && !because.equals(e)) {
        because.addSuppressed(e);
      }
    }
  }
}
