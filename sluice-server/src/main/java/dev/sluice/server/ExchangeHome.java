package dev.sluice.server;

import dev.sluice.StreamClosedException;

/**
 * Where an exchange takes place: a connection of HTTP/1, or a stream of HTTP/2.
 *
 * <p>Thread safety: all methods, from any thread.
 */
interface ExchangeHome {

  /** Makes writes fail from now on, the one that waits too. */
  void closeWriter(StreamClosedException cause);

  /** The handler's thread is done with the exchange. */
  void ended(Exchange exchange);
}
