package dev.sluice.server;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One connection from its accept to its close; what speaks on it changes.
 *
 * <p>Thread: the loop's, but {@link #drain} and {@link #cutForShutdown}.
 */
final class ServerConnection {
  private final Server server;
  private final DirectChannel channel;
  private final ViewerGroups groups;
  private @Nullable Talker talker;
  private volatile @Nullable List<X509Certificate> clientCertificates;

  ServerConnection(Server server, DirectChannel channel, ViewerGroups groups) {
    this.server = server;
    this.channel = channel;
    this.groups = groups;
  }

  Server server() {
    return server;
  }

  DirectChannel channel() {
    return channel;
  }

  /** The viewers of its loop. */
  ViewerGroups groups() {
    return groups;
  }

  /** TLS is between, and the client has shown these certificates. */
  void secured(List<X509Certificate> shown) {
    clientCertificates = shown;
  }

  /** Whether TLS is between. Any thread. */
  boolean secure() {
    return clientCertificates != null;
  }

  /** What the client has shown; nothing if it was not asked. Any thread. */
  List<X509Certificate> clientCertificates() {
    List<X509Certificate> shown = clientCertificates;
    return shown == null ? List.of() : shown;
  }

  void talker(Talker now) {
    talker = now;
  }

  /** Speaks HTTP/1 from here on, or HTTP/2 if the client begins so. */
  void startHttp1() {
    var http1 = new Http1Connection(this);
    talker = http1;
    channel.pipeline().addLast(http1.decoder(), http1);
  }

  /** Speaks HTTP/2 from here on; the client's preface is yet to come. */
  H2Connection startHttp2() {
    var http2 = new H2Connection(this);
    talker = http2;
    http2.addTo(channel.pipeline());
    return http2;
  }

  /** It has become raw bytes. */
  void hijacked() {
    server.hijacked(this);
  }

  /** It is closed. */
  void closed() {
    server.closed(this);
  }

  /** A shutdown has begun. Any thread. */
  void drain() {
    post(() -> {
      if (talker != null) {
        talker.onDrain();
      }
    });
  }

  /** A shutdown ends: what is left is cut. Any thread. */
  void cutForShutdown() {
    post(() -> {
      if (talker != null) {
        talker.onCutForShutdown();
      }
    });
  }

  void sweep(long now) {
    if (talker != null) {
      talker.sweep(now);
    }
  }

  private void post(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      // The loops have ended, and with them every connection.
    }
  }
}
