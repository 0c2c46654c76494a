package dev.sluice.server;

/**
 * What speaks on a connection for a time: TLS while it shakes hands, HTTP/1, HTTP/2.
 *
 * <p>Thread: the loop's.
 */
interface Talker {

  /** A shutdown has begun: what is idle closes, the rest when its responses have ended. */
  void onDrain();

  /** A shutdown ends: what is left is cut. */
  void onCutForShutdown();

  /** Called now and then: ends what has waited for too long. */
  void sweep(long now);
}
