package dev.sluice.server;

import dev.sluice.Request;
import dev.sluice.spi.Outcome;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the server logs: a line per response at its end ({@code dev.sluice.access}, INFO), and what
 * went wrong ({@code dev.sluice.server}). All through {@link System.Logger}.
 */
final class ServerLog {
  private static final System.Logger ACCESS = System.getLogger("dev.sluice.access");
  private static final System.Logger SERVER = System.getLogger("dev.sluice.server");

  private ServerLog() {}

  /** A response has ended; a handler's own failure is logged with its stack. */
  static void ended(Request request, Outcome outcome, long nanos) {
    if (ACCESS.isLoggable(Level.INFO)) {
      ACCESS.log(
          Level.INFO,
          "%s %s %s %d %d bytes %d flushes %.1f ms %s"
              .formatted(
                  address(request.remoteAddress()),
                  request.method(),
                  request.target(),
                  outcome.status(),
                  outcome.bodyBytes(),
                  outcome.flushes(),
                  nanos / 1e6,
                  outcome.reason()));
    }
    if (outcome.failure() != null) {
      SERVER.log(
          Level.ERROR,
          "the handler of " + request.method() + " " + request.target() + " failed",
          outcome.failure());
    }
  }

  /** A request was refused before a handler saw it. */
  static void rejected(@Nullable InetSocketAddress peer, Rejection rejection) {
    ACCESS.log(
        Level.INFO,
        () ->
            "%s - - %d refused: %s"
                .formatted(address(peer), rejection.status(), rejection.reason()));
  }

  /** What went wrong with the TLS of a connection, mostly on the client's side. */
  static void tls(@Nullable InetSocketAddress peer, String what) {
    ACCESS.log(Level.INFO, () -> "%s - - TLS: %s".formatted(address(peer), what));
  }

  /** The server ends, since an event loop has failed. */
  static void failed(@Nullable Throwable cause) {
    SERVER.log(
        Level.ERROR,
        "an event loop has failed, and the server ends; with more memory (-Xmx) or lower limits it"
            + " may not",
        cause);
  }

  static void warn(String what, @Nullable Throwable cause) {
    SERVER.log(Level.WARNING, what, cause);
  }

  private static String address(@Nullable InetSocketAddress peer) {
    return peer == null ? "-" : peer.getAddress().getHostAddress() + ":" + peer.getPort();
  }
}
