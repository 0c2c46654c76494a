package dev.sluice.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * TLS between the bytes of responses and a socket. A write is encrypted on the caller's thread and
 * goes to the socket at once: what fits into a record is one record, and one system call.
 *
 * <p>What the socket does not take of a record is sent by the loop, if no writer comes first.
 *
 * <p>Thread safety: as an {@link Outlet}.
 */
final class TlsOutlet implements Outlet {
  private final DirectChannel channel;
  private final TlsEngine engine;

  /** Whether the loop waits for the socket, to send the rest. */
  private final AtomicBoolean loopWaits = new AtomicBoolean();

  /** The loop's. */
  private @Nullable Runnable onWritable;

  TlsOutlet(DirectChannel channel, TlsEngine engine) {
    this.channel = channel;
    this.engine = engine;
  }

  @Override
  public long write(ByteBuffer[] parts, int offset, int count) throws IOException {
    long taken = 0;
    long some;
    do {
      some = engine.write(parts, offset, count);
      taken += some;
    } while (some > 0 && engine.drained() && TlsEngine.anyRemain(parts, offset, count));
    leaveRest();
    return taken;
  }

  /**
   * Sends what TLS has to say itself; what the socket does not take is sent later.
   *
   * @return whether the socket has taken all
   */
  boolean flush() throws IOException {
    boolean flushed = engine.flush();
    leaveRest();
    return flushed;
  }

  /** Sends the alert that says what failed, if the engine has one: the connection ends. */
  void sayWhy() {
    try {
      var _ = flush();
    } catch (IOException e) {
      // Then nothing is said.
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    engine.end();
    leaveRest();
  }

  private void leaveRest() {
    if (!engine.drained() && loopWaits.compareAndSet(false, true)) {
      try {
        channel.eventLoop().execute(() -> channel.whenWritable(this::onSocketWritable));
      } catch (RejectedExecutionException e) {
        // The loops have ended, and with them every connection.
      }
    }
  }

  @Override
  public void whenWritable(Runnable action) {
    onWritable = action;
    loopWaits.set(true);
    channel.whenWritable(this::onSocketWritable);
  }

  private void onSocketWritable() {
    loopWaits.set(false); // first: what a writer leaves from here on is not forgotten
    try {
      if (!engine.flush()) {
        loopWaits.set(true);
        channel.whenWritable(this::onSocketWritable);
        return;
      }
    } catch (IOException e) {
      channel.pipeline().fireExceptionCaught(e);
      return;
    }
    Runnable action = onWritable;
    onWritable = null;
    if (action != null) {
      action.run();
    }
  }

  @Override
  public boolean moved() {
    return engine.moved();
  }

  @Override
  public boolean drained() {
    return engine.drained();
  }

  @Override
  public boolean isOpen() {
    return channel.socket().isOpen();
  }

  /** Closes the socket, and does not say that this is the end: what is cut must look cut. */
  @Override
  public void close() {
    var _ = channel.close();
  }
}
