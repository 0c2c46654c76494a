package dev.sluice.server;

import dev.sluice.CloseReason;

/**
 * What a viewer writes to: a connection of HTTP/1, or a stream of HTTP/2.
 *
 * <p>Thread: the loop's.
 */
interface ViewerHost {

  Outlet outlet();

  /** The viewer has all of a closed journal, or gets no more. */
  void onFollowEnded(Viewer ended, CloseReason reason);
}
