package dev.sluice.server;

import dev.sluice.RequestException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request body as the handler reads it.
 *
 * <p>Thread safety: one thread at a time reads; the loop feeds the queue.
 */
final class RequestBody extends InputStream {

  /** Asks the client for the body that it holds back. */
  @FunctionalInterface
  interface Solicitation {
    void send() throws IOException;
  }

  private final InboundQueue queue;
  private final long progressNanos;
  private @Nullable Solicitation solicitation;
  private volatile long deadlineNanos;
  private volatile boolean hasDeadline;
  private volatile boolean late;

  /**
   * A body.
   *
   * @param progress how long a read waits at the most
   * @param solicitation called before the first read, or null
   */
  RequestBody(InboundQueue queue, Duration progress, @Nullable Solicitation solicitation) {
    this.queue = queue;
    this.progressNanos = progress.toNanos();
    this.solicitation = solicitation;
  }

  void deadline(Duration fromNow) {
    if (!fromNow.isPositive()) {
      throw new IllegalArgumentException("not a positive deadline: " + fromNow);
    }
    deadlineNanos = System.nanoTime() + fromNow.toNanos();
    hasDeadline = true;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (solicitation != null) {
      solicitation.send();
      solicitation = null;
    }
    long patience = hasDeadline ? deadlineNanos - System.nanoTime() : progressNanos;
    if (late || patience <= 0) {
      throw tooLate();
    }
    try {
      return queue.read(target, offset, length, Math.min(patience, progressNanos));
    } catch (SocketTimeoutException e) {
      throw tooLate();
    } catch (InterruptedException e) {
      throw InboundQueue.interrupted();
    }
  }

  /** Lets go of what was not read; reads that were not at the end fail. */
  void discard() {
    queue.discard();
  }

  @Override
  public int available() {
    return queue.available();
  }

  private RequestException tooLate() {
    late = true;
    return new RequestException(408, "the request body did not arrive in time");
  }
}
