package dev.sluice;

import java.util.Set;

/**
 * Handlers around handlers. Each of them goes on answering what {@link Response#supports} asks.
 *
 * <p>Thread safety: the handlers they return are as safe as those they are given.
 */
public final class Filters {
  private Filters() {}

  /**
   * Compresses with gzip for clients that accept it ({@code Accept-Encoding}, RFC 9110 section
   * 12.5.3). Every flush ends a block, so that the client can decode all that was flushed at once.
   *
   * <p>{@code Content-Length} is dropped, though still enforced, a strong {@code ETag} becomes
   * weak, {@code Vary} is added. Left as they are: answers to HEAD, statuses without a body, parts
   * ({@code Content-Range}), and what has a {@code Content-Encoding} already. Where the handler
   * fails the compressed stream is not ended either.
   */
  public static Handler gzip(Handler handler) {
    return (request, response) -> handler.handle(request, new GzipResponse(request, response));
  }

  /**
   * Holds a response back until the handler has returned, and sends it with its length: the
   * ordinary behaviour of servers, and what a filter must do that has to see a whole body. {@link
   * Feature#FLUSH}, {@link Feature#HIJACK} and {@link Feature#TRAILERS} are then not supported.
   *
   * @param maxBytes what a body may have; the write that exceeds it throws {@link
   *     IllegalStateException}, and the response fails
   * @throws IllegalArgumentException if the limit is negative
   */
  public static Handler buffered(Handler handler, int maxBytes) {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("a negative limit: " + maxBytes);
    }
    return (request, response) -> handler.handle(request, new BufferedResponse(response, maxBytes));
  }

  /**
   * Refuses requests for other hosts with 421: a web page whose name was rebound to this server's
   * address (DNS rebinding) sends its own name.
   *
   * @param hosts names and addresses, without ports, in any case: {@code localhost}, {@code
   *     127.0.0.1}, {@code [::1]}
   * @throws IllegalArgumentException if a host is malformed or has a port
   */
  public static Handler allowHosts(Set<String> hosts, Handler handler) {
    return new AllowedHosts(hosts, handler);
  }

  /**
   * Refuses what web pages of other origins send with 403, other than GET, HEAD, OPTIONS and TRACE,
   * which must change nothing. Told by {@code Sec-Fetch-Site}, or in older browsers by {@code
   * Origin}; programs like curl send neither and pass.
   */
  public static Handler sameOriginWrites(Handler handler) {
    return new SameOriginWrites(handler);
  }

  /**
   * Lets scripts of web pages of some other origins read answers and send requests (CORS). What
   * pages of others send is refused as by {@link #sameOriginWrites}, and their scripts do not see
   * the answer. Which methods and header fields a script may send is for the handler's answer to
   * OPTIONS to say. Cookies of the user are never included.
   *
   * @param origins as browsers send them, such as {@code https://app.example}; {@code *} lets all
   *     in; none is {@link #sameOriginWrites}
   * @throws IllegalArgumentException if one is malformed
   */
  public static Handler allowOrigins(Set<String> origins, Handler handler) {
    return new AllowedOrigins(origins, handler, sameOriginWrites(handler));
  }
}
