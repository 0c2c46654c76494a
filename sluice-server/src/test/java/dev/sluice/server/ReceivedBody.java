package dev.sluice.server;

import dev.sluice.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The rest of a body.
 *
 * @param text as Latin-1
 * @param cutBy how the client saw that the body is not whole; null if it is
 * @param trailers what came after it
 */
record ReceivedBody(String text, @Nullable String cutBy, Headers trailers) {

  boolean complete() {
    return cutBy == null;
  }
}
