package dev.sluice.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How a connection of HTTP/1 ends in order: it says that nothing more comes, behind all that was
 * sent, and reads on until the client closes. A close with unread bytes would reset away what the
 * client has not read.
 *
 * <p>The client has the time of a write to take all that was sent, and from then on some time to
 * close.
 *
 * <p>Thread: the loop's.
 */
final class Http1Ending {
  private final DirectChannel channel;
  private final Timeouts timeouts;
  private final Runnable close;
  private boolean inputClosed;
  private long since;

  /**
   * That of a connection.
   *
   * @param close run to close it at once
   */
  Http1Ending(DirectChannel channel, Timeouts timeouts, Runnable close) {
    this.channel = channel;
    this.timeouts = timeouts;
    this.close = close;
  }

  /** The client has closed its side. */
  void inputClosed() {
    inputClosed = true;
  }

  /** Says that this is the end. */
  void sayEnd() {
    try {
      channel.outlet().shutdownOutput();
    } catch (IOException e) {
      close.run();
    }
  }

  /** Begins to wait for the client. */
  void linger() {
    since = System.nanoTime();
    if (channel.outlet().drained()) {
      onDrained();
    } else {
      channel.outlet().whenWritable(this::onDrained);
    }
  }

  private void onDrained() {
    since = System.nanoTime();
    closeIfTaken();
  }

  /** Closes if the client has closed its side, and has been given all. */
  void closeIfTaken() {
    if (inputClosed && channel.outlet().drained()) {
      close.run();
    }
  }

  /** Begins to wait, behind a cut: a FIN, but without TLS's word that this is all. */
  void lingerCut() {
    since = System.nanoTime();
    cutOutput();
  }

  private void cutOutput() {
    if (!channel.outlet().drained()) {
      channel.outlet().whenWritable(this::cutOutput);
      return;
    }
    try {
      channel.socket().shutdownOutput();
      onDrained();
    } catch (IOException e) {
      close.run();
    }
  }

  /** Sends the last bytes, and begins to wait. */
  void lingerBehind(ByteBuffer bytes) {
    since = System.nanoTime();
    writeLast(bytes);
  }

  private void writeLast(ByteBuffer bytes) {
    try {
      channel.outlet().write(bytes);
      if (bytes.hasRemaining()) {
        channel.outlet().whenWritable(() -> writeLast(bytes));
      } else {
        sayEnd();
      }
    } catch (IOException e) {
      close.run();
    }
  }

  void sweep(long now) {
    boolean drained = channel.outlet().drained();
    if (now - since > (drained ? timeouts.linger() : timeouts.write()).toNanos()) {
      close.run();
    }
  }
}
