package dev.sluice.server;

import dev.sluice.Headers;
import org.jspecify.annotations.Nullable;

/** The status and fields of a response, interim or final, as the client got them. */
record ReceivedHead(int status, Headers headers) {

  @Nullable String header(String name) {
    return headers.get(name);
  }
}
