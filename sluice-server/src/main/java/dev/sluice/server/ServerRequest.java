package dev.sluice.server;

import dev.sluice.Headers;
import dev.sluice.HttpVersion;
import dev.sluice.Request;
import dev.sluice.Signal;
import dev.sluice.spi.OneShotSignal;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.HttpRequest;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as it was decoded, and its body as it arrives. */
final class ServerRequest implements Request {
  private final HttpVersion version;
  private final String method;
  private final String target;
  private final Headers headers;
  private final @Nullable RequestBody body;
  private final ServerConnection connection;
  private final DirectChannel channel;
  private final @Nullable String protocol;
  private final Signal cancelled;
  private final OneShotSignal serverDrains;
  private @Nullable OneShotSignal draining;
  private @Nullable Runnable forgetDraining;

  /**
   * A request.
   *
   * @param headers what {@link #headers(HttpRequest)} copied
   * @param body null if it has none
   * @param protocol of an extended CONNECT, or null
   */
  ServerRequest(
      HttpVersion version,
      String method,
      String target,
      Headers headers,
      @Nullable RequestBody body,
      ServerConnection connection,
      Signal cancelled,
      @Nullable String protocol) {
    this.version = version;
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.body = body;
    this.connection = connection;
    this.channel = connection.channel();
    this.cancelled = cancelled;
    this.protocol = protocol;
    this.serverDrains = connection.server().draining();
  }

  /** HTTP/1.2, should it ever be sent, is answered as the highest 1.x we know. */
  static HttpVersion version(HttpRequest request) {
    return request.protocolVersion().minorVersion() == 0
        ? HttpVersion.HTTP_1_0
        : HttpVersion.HTTP_1_1;
  }

  /**
   * Copies a request's header fields.
   *
   * @throws IllegalArgumentException if one is malformed
   */
  static Headers headers(HttpRequest request) {
    var headers = new Headers();
    for (Map.Entry<String, String> field : request.headers()) {
      headers.add(field.getKey(), field.getValue());
    }
    return headers.fix("a request cannot be changed");
  }

  /** The exchange is over: lets go of what the handler left unread, and of its actions. */
  void release() {
    forgetDraining();

    if (body != null) {
      body.discard();
    }
  }

  @Override
  public HttpVersion version() {
    return version;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String target() {
    return target;
  }

  @Override
  public Headers headers() {
    return headers;
  }

  @Override
  public InputStream body() {
    return body == null ? InputStream.nullInputStream() : body;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return channel.remoteAddress();
  }

  @Override
  public InetSocketAddress localAddress() {
    return channel.localAddress();
  }

  @Override
  public boolean secure() {
    return connection.secure();
  }

  @Override
  public List<X509Certificate> clientCertificates() {
    return connection.clientCertificates();
  }

  @Override
  public @Nullable String protocol() {
    return protocol;
  }

  @Override
  public Signal cancelled() {
    return cancelled;
  }

  /** A signal of this exchange, so that the server does not keep what was registered with it. */
  @Override
  public synchronized Signal draining() {
    if (draining == null) {
      var own = new OneShotSignal();
      draining = own;
      Runnable forget = serverDrains.register(own::raise);
      ChannelFutureListener onClose = closed -> forget.run();
      var _ = channel.closeFuture().addListener(onClose);
      forgetDraining =
          () -> {
            forget.run();
            var _ = channel.closeFuture().removeListener(onClose);
          };
    }
    return draining;
  }

  private synchronized void forgetDraining() {
    if (forgetDraining != null) {
      forgetDraining.run();
    }
  }

  @Override
  public void readDeadline(Duration fromNow) {
    if (body != null) {
      body.deadline(fromNow);
    }
  }
}
