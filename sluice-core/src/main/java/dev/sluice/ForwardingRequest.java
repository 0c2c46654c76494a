package dev.sluice;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that passes everything on; extend it to change something. */
public abstract class ForwardingRequest implements Request {
  private final Request request;

  /** Wraps a request. */
  protected ForwardingRequest(Request request) {
    this.request = request;
  }

  @Override
  public HttpVersion version() {
    return request.version();
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String target() {
    return request.target();
  }

  @Override
  public Headers headers() {
    return request.headers();
  }

  @Override
  public InputStream body() {
    return request.body();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return request.remoteAddress();
  }

  @Override
  public InetSocketAddress localAddress() {
    return request.localAddress();
  }

  @Override
  public boolean secure() {
    return request.secure();
  }

  @Override
  public List<X509Certificate> clientCertificates() {
    return request.clientCertificates();
  }

  @Override
  public @Nullable String protocol() {
    return request.protocol();
  }

  @Override
  public Signal cancelled() {
    return request.cancelled();
  }

  @Override
  public Signal draining() {
    return request.draining();
  }

  @Override
  public void readDeadline(Duration fromNow) {
    request.readDeadline(fromNow);
  }

  @Override
  public String parameter(String name) {
    return request.parameter(name);
  }
}
