package dev.sluice.server;

import dev.sluice.HttpVersion;
import dev.sluice.spi.Head;

/**
 * How a client knows where a body ends (RFC 9112 section 6.3; on HTTP/2 every frame says it, and
 * there is {@link None} to be added).
 */
sealed interface BodyFraming {

  /** In chunks, each a flush; a last chunk says that it is whole. */
  record Chunked() implements BodyFraming {}

  /** By its length. */
  record Length(long bytes) implements BodyFraming {}

  /** By the end of the connection: HTTP/1.0 without a length. */
  record UntilClose() implements BodyFraming {}

  /** There is no body. */
  record None() implements BodyFraming {}

  /** The one framing that fits. */
  static BodyFraming of(Head head, HttpVersion version) {
    if (head.bodiless()) {
      return new None();
    }
    if (head.length() != Head.UNKNOWN) {
      return new Length(head.length());
    }
    return version == HttpVersion.HTTP_1_0 ? new UntilClose() : new Chunked();
  }
}
