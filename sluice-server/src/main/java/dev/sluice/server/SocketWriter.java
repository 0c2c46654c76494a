package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes to an outlet on the caller's own thread.
 *
 * <p>One write call is one system call as long as the socket takes the bytes. When it does not, the
 * caller asks the loop to say when it does again, parks, and writes the rest itself: the loop never
 * holds another thread's bytes, so nothing has to be copied, and nothing can be sent after the
 * caller has given up.
 *
 * <p>Thread safety: one thread at a time writes: the owner of the connection's write side. {@link
 * #close} may come from any thread, and wakes it.
 */
final class SocketWriter {
  /**
   * The kernel calls a socket writable when a good part of its buffer is free, megabytes maybe; a
   * slow client that is alive shows itself earlier, by a write that is tried.
   */
  private static final int TRIES_PER_DEADLINE = 8;

  /** Longer ones do not fit into nanoseconds, and never pass. */
  private static final Duration LONGEST = Duration.ofDays(365 * 100);

  private static final long LONGEST_NANOS = LONGEST.toNanos();

  private static final ByteBuffer[] NOTHING = {};

  private final Outlet outlet;
  private final Executor loop;
  private volatile long progressNanos;
  private volatile boolean writable;
  private volatile long wakeAt;
  private volatile @Nullable Thread waiter;
  private volatile @Nullable StreamClosedException closed;

  SocketWriter(Outlet outlet, Executor loop, Duration progressDeadline) {
    this.outlet = outlet;
    this.loop = loop;
    this.progressNanos = nanos(progressDeadline);
  }

  /** How long the client may take no byte; zero for ever. */
  void progressDeadline(Duration timeout) {
    progressNanos = nanos(timeout);
  }

  /** Makes every write fail from now on, the one that waits too. The first call decides. */
  void close(StreamClosedException cause) {
    if (closed == null) {
      closed = cause;
    }
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /** Why writes fail, or null. */
  @Nullable StreamClosedException closed() {
    return closed;
  }

  /**
   * Writes all of the buffers, in order.
   *
   * @param buffers the first {@code count} of them are written
   * @throws StreamClosedException if the client is gone, or took no byte for the progress deadline
   * @throws InterruptedIOException if the thread is interrupted while it waits; the flag is kept
   */
  void write(ByteBuffer[] buffers, int count) throws IOException {
    long remaining = 0;
    for (int i = 0; i < count; i++) {
      remaining += buffers[i].remaining();
    }
    remaining -= writeSome(buffers, count);
    if (remaining > 0) {
      writeSlowly(buffers, count, remaining, () -> true);
    }
  }

  /**
   * Waits until the outlet has nothing left of what it was given, in whatever way it was.
   *
   * @throws IOException as {@link #write}
   */
  void finish(BooleanSupplier done) throws IOException {
    if (!done.getAsBoolean()) {
      writeSlowly(NOTHING, 0, 0, done);
    }
  }

  private void writeSlowly(ByteBuffer[] buffers, int count, long bytes, BooleanSupplier done)
      throws IOException {
    long remaining = bytes;
    long progress = System.nanoTime();
    while (remaining > 0 || !done.getAsBoolean()) {
      long patience = progressNanos;
      long left = patience - (System.nanoTime() - progress);
      if (left <= 0) {
        throw new StreamClosedException(
            CloseReason.WRITE_TIMEOUT,
            "the client accepted no byte for " + Duration.ofNanos(patience),
            null);
      }
      awaitWritable(Math.min(left, patience / TRIES_PER_DEADLINE + 1));
      long written = writeSome(buffers, count);
      if (written > 0 || outlet.moved()) {
        remaining -= written;
        progress = System.nanoTime();
      }
    }
  }

  private long writeSome(ByteBuffer[] buffers, int count) throws StreamClosedException {
    StreamClosedException end = closed;
    if (end != null) {
      throw again(end);
    }
    try {
      return outlet.write(buffers, 0, count);
    } catch (IOException e) {
      StreamClosedException cause = closed;
      throw cause != null
          ? again(cause)
          : new StreamClosedException(
              CloseReason.CLIENT_GONE, "the client has gone: " + e.getMessage(), e);
    }
  }

  /** Waits until the loop says that the socket takes bytes, at most for so long. */
  private void awaitWritable(long nanosMax) throws IOException {
    writable = false;
    wakeAt = System.nanoTime() + LONGEST_NANOS;
    waiter = Thread.currentThread();
    try {
      loop.execute(() -> outlet.whenWritable(this::nowWritable));
      long now = System.nanoTime();
      wakeAt = now + Math.min(nanosMax, LONGEST_NANOS);
      for (; !writable && now - wakeAt < 0; now = System.nanoTime()) {
        boolean interrupted = Thread.currentThread().isInterrupted(); // who does has closed before
        StreamClosedException cause = closed;
        if (cause != null) {
          throw again(cause);
        }
        if (interrupted) {
          throw new InterruptedIOException("interrupted while bytes waited for a slow client");
        }
        LockSupport.park(this); // a virtual thread's timer would cost more than the write
      }
    } catch (RejectedExecutionException e) {
      throw new StreamClosedException(CloseReason.SHUTDOWN, "the server has been shut down", e);
    } finally {
      waiter = null;
    }
  }

  /** Called now and then by the loop: wakes who has waited for long enough. */
  void sweep(long now) {
    Thread waiting = waiter;
    if (waiting != null && now - wakeAt >= 0) {
      LockSupport.unpark(waiting);
    }
  }

  private void nowWritable() {
    writable = true;
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  private static StreamClosedException again(StreamClosedException cause) {
    return new StreamClosedException(cause.reason(), String.valueOf(cause.getMessage()), cause);
  }

  private static long nanos(Duration timeout) {
    return timeout.isZero() || timeout.compareTo(LONGEST) > 0 ? Long.MAX_VALUE : timeout.toNanos();
  }
}
