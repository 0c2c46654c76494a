package dev.sluice.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a server is set up. Immutable; each {@code with} returns a changed copy.
 *
 * @param listen the address to listen on; port 0 picks a free one
 * @param loops how many event loops; they only read and parse
 * @param limits what a client may ask of the server
 * @param timeouts how long it waits for what
 * @param halfClose whether a client that closes its sending side goes on being served, as {@code nc
 *     -N} wants; otherwise that counts as having gone, since a killed client sends just that
 * @param serverHeader whether responses say {@code Server: sluice}
 * @param tls with which certificates it speaks TLS, and nothing else; null for cleartext
 */
public record ServerOptions(
    InetSocketAddress listen,
    int loops,
    Limits limits,
    Timeouts timeouts,
    boolean halfClose,
    boolean serverHeader,
    @Nullable TlsOptions tls) {

  /** Checks what makes no sense. */
  public ServerOptions {
    if (loops < 1) {
      throw new IllegalArgumentException("at least one event loop is needed, not " + loops);
    }
  }

  /** Loopback, port 8080, a loop per processor, the default limits and timeouts. */
  public static ServerOptions defaults() {
    return new ServerOptions(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080),
        Runtime.getRuntime().availableProcessors(),
        Limits.defaults(),
        Timeouts.defaults(),
        false,
        true,
        null);
  }

  /** The same on another address. */
  public ServerOptions withListen(InetSocketAddress address) {
    return new ServerOptions(address, loops, limits, timeouts, halfClose, serverHeader, tls);
  }

  /** The same on another port of the same address. */
  public ServerOptions withPort(int port) {
    return withListen(new InetSocketAddress(listen.getAddress(), port));
  }

  /** The same with another number of event loops. */
  public ServerOptions withLoops(int count) {
    return new ServerOptions(listen, count, limits, timeouts, halfClose, serverHeader, tls);
  }

  /** The same with other limits. */
  public ServerOptions withLimits(Limits changed) {
    return new ServerOptions(listen, loops, changed, timeouts, halfClose, serverHeader, tls);
  }

  /** The same with other timeouts. */
  public ServerOptions withTimeouts(Timeouts changed) {
    return new ServerOptions(listen, loops, limits, changed, halfClose, serverHeader, tls);
  }

  /** The same, serving clients that half-close or not. */
  public ServerOptions withHalfClose(boolean served) {
    return new ServerOptions(listen, loops, limits, timeouts, served, serverHeader, tls);
  }

  /** The same with a {@code Server} header or not. */
  public ServerOptions withServerHeader(boolean sent) {
    return new ServerOptions(listen, loops, limits, timeouts, halfClose, sent, tls);
  }

  /** The same, speaking TLS: HTTP/2 with clients that offer it, and HTTP/1.1. */
  public ServerOptions withTls(TlsOptions options) {
    return new ServerOptions(listen, loops, limits, timeouts, halfClose, serverHeader, options);
  }
}
