package dev.sluice;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client asked for.
 *
 * <p>Thread safety: everything but {@link #body} may be read by any thread; the body by one thread
 * at a time, also while another thread writes the response.
 */
public interface Request {

  /** The version of HTTP that the client speaks. */
  HttpVersion version();

  /** The method, as it was sent: {@code GET}. */
  String method();

  /** The request target, as it was sent: {@code /logs/7?from=3} (RFC 9112 section 3.2). */
  String target();

  /** The header fields; they cannot be changed. */
  Headers headers();

  /**
   * The protocol that an extended CONNECT asks for (RFC 8441), such as {@code websocket}; null for
   * any other request. The response's body and the request's are then its two directions.
   */
  default @Nullable String protocol() {
    return null;
  }

  /**
   * The body, without its framing; empty if there is none.
   *
   * <p>A read blocks until bytes are there. It may interleave with writing the response. The first
   * read sends {@code 100 Continue} to a client that waits for it. Reads fail with a {@link
   * RequestException} for a malformed, oversized or late body, and with a {@link
   * StreamClosedException} when the client has gone before its end.
   */
  InputStream body();

  /** The client's address; a proxy's, if one is between. */
  InetSocketAddress remoteAddress();

  /** The address that the client connected to. */
  InetSocketAddress localAddress();

  /**
   * Whether the connection is encrypted (TLS): then the client's own URL began with {@code https:}.
   * False behind a proxy that ends TLS and speaks cleartext to the server.
   */
  default boolean secure() {
    return false;
  }

  /**
   * The certificates by which the client has shown who it is, its own first, each issued by the one
   * after it. The server has checked them against the authorities that it was given, and that the
   * client holds the key. Empty unless the server asks for them; it does if it has authorities.
   */
  default List<X509Certificate> clientCertificates() {
    return List.of();
  }

  /** Raised when the client has gone, or the response has failed: nobody waits for an answer. */
  Signal cancelled();

  /**
   * Raised when the server begins to shut down: finish soon. After the grace period what is left is
   * aborted. Owners of hijacked connections hear of a shutdown only here.
   */
  Signal draining();

  /**
   * Sets how long the body may take from now; a read after that fails with a {@link
   * RequestException} of status 408, and so do all later ones.
   *
   * @throws IllegalArgumentException if the deadline is not positive
   */
  void readDeadline(Duration fromNow);

  /**
   * A parameter that a {@link Router} took from the path, decoded.
   *
   * @param name its name in the pattern, without braces
   * @throws IllegalArgumentException if the pattern has no such parameter
   */
  default String parameter(String name) {
    throw new IllegalArgumentException("no path parameter {" + name + "}: not routed by a pattern");
  }

  /** The path of the target, as it was sent, still percent-encoded: {@code /logs/7}. */
  default String path() {
    return Target.path(target());
  }

  /**
   * The first value of a query parameter, decoded.
   *
   * @return null if the query has no such parameter; empty if it has no value
   * @throws RequestException if its percent-encoding is malformed (400)
   */
  default @Nullable String query(String name) throws IOException {
    return Target.query(target(), name);
  }

  /**
   * All values of a query parameter, decoded, in their order.
   *
   * @throws RequestException if its percent-encoding is malformed (400)
   */
  default List<String> queries(String name) throws IOException {
    return Target.queries(target(), name);
  }

  /** The first value of a header field, or null; the name in any case. */
  default @Nullable String header(String name) {
    return headers().get(name);
  }
}
