package dev.sluice.spi;

import dev.sluice.Headers;

/**
 * The status and fields of a final response, as they go on the wire.
 *
 * @param status 101, or 200..999
 * @param headers its fields; framing other than {@code Content-Length} is the wire's to add
 * @param length how many bytes the body has, or {@link #UNKNOWN}
 * @param bodiless whether no body follows, whatever the length says: the answer to a HEAD request,
 *     or a status that allows none
 */
public record Head(int status, Headers headers, long length, boolean bodiless) {
  /** The length of a body that is not known when its head is sent. */
  public static final long UNKNOWN = -1;
}
