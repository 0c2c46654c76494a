package dev.sluice.server;

import java.io.IOException;

/**
 * How a connection of HTTP/2 ends in order.
 *
 * <pre>
 *   open ──drain──▶ draining ──the last stream ends──▶ lingering ──the client closes, time──▶ closed
 *     └──idle, or the codec gives up─────────────────────▲
 * </pre>
 *
 * <p>Draining has asked the client to begin no more, and half a second later told it which requests
 * were taken (RFC 9113 section 6.8). Lingering has said that nothing more comes (a FIN, behind all
 * that was sent), and reads on: a close with unread bytes would reset away what the client has not
 * read.
 *
 * <p>Thread: the loop's.
 */
final class H2Ending {
  /** More than it takes a client to hear of it. */
  private static final long DRAIN_STEP_NANOS = 500_000_000;

  /** How many write timeouts a client may go on to send when it has been given all. */
  private static final int LINGERS_PER_WRITE = 4;

  private final H2Codec codec;
  private final H2Output output;
  private final H2Controls controls;
  private final DirectChannel channel;
  private final Timeouts timeouts;
  private boolean draining;
  private long drainSince;
  private boolean lingering;
  private long movedBefore;
  private long movedSince;
  private boolean drained;
  private long lingerBegan;
  private long lingerSince;

  H2Ending(
      H2Codec codec,
      H2Output output,
      H2Controls controls,
      DirectChannel channel,
      Timeouts timeouts) {
    this.codec = codec;
    this.output = output;
    this.controls = controls;
    this.channel = channel;
    this.timeouts = timeouts;
  }

  boolean draining() {
    return draining;
  }

  boolean lingering() {
    return lingering;
  }

  void drain() {
    if (!draining) {
      draining = true;
      drainSince = System.nanoTime();
      codec.goAway();
    }
  }

  /** Waits no longer for requests that are on their way. */
  void cut() {
    draining = true;
    codec.goAwayNow();
  }

  void linger() {
    if (lingering) {
      return;
    }
    codec.goAwayNow();
    lingering = true;
    movedSince = System.nanoTime();
    codec.flushNow();
    output.sendNow();
    onWritable();
  }

  /** All that waited may have been sent. */
  void onWritable() {
    if (!lingering || !output.closeIfDrained()) {
      return;
    }
    drained = true;
    lingerBegan = System.nanoTime();
    lingerSince = lingerBegan;
    controls.closed();
    try {
      channel.outlet().shutdownOutput();
    } catch (IOException e) {
      close();
    }
  }

  /** Something was read: a client that is still reading opens its windows, and is waited for. */
  void onRead() {
    lingerSince = System.nanoTime();
  }

  /** Nothing is sent any more; who tries is told. */
  void stopOutput() {
    output.closed();
    controls.closed();
  }

  void close() {
    controls.letClose();
    var _ = channel.close(); // channelInactive tells when it is
  }

  void sweep(long now) {
    if (draining && now - drainSince > DRAIN_STEP_NANOS) {
      codec.goAwayNow();
    }
    if (!lingering) {
      return;
    }
    if (drained) {
      boolean silent = now - lingerSince > timeouts.linger().toNanos();
      if (silent || now - lingerBegan > LINGERS_PER_WRITE * timeouts.write().toNanos()) {
        close();
      }
      return;
    }
    long moved = output.moved();
    if (moved != movedBefore) {
      movedBefore = moved;
      movedSince = now;
    } else if (now - movedSince > timeouts.write().toNanos()) {
      close();
    }
  }
}
