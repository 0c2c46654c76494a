package dev.sluice.testkit;

import dev.sluice.Headers;
import dev.sluice.HttpVersion;
import dev.sluice.Request;
import dev.sluice.Signal;
import dev.sluice.spi.OneShotSignal;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * A request that no client has sent; its signals are those of the {@link TestExchange} it is given
 * to.
 *
 * <p>Thread safety: as {@link Request}; each wither returns a request of its own, which shares the
 * body's stream.
 */
public final class TestRequest implements Request {
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
  private static final InetSocketAddress SERVER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

  private final HttpVersion version;
  private final String method;
  private final String target;
  private final Headers headers;
  private final InputStream body;
  private final Tls tls;
  private final Signal never = new OneShotSignal();

  /** What is known of the connection's encryption. */
  private record Tls(boolean secure, List<X509Certificate> clientCertificates) {}

  private TestRequest(
      HttpVersion version,
      String method,
      String target,
      Headers headers,
      InputStream body,
      Tls tls) {
    this.version = version;
    this.method = method;
    this.target = target;
    this.headers = headers.fix("a request's headers are what was sent");
    this.body = body;
    this.tls = tls;
  }

  /** A request with {@code Host: localhost:8080} and without a body, on HTTP/1.1 in cleartext. */
  public static TestRequest of(String method, String target) {
    return new TestRequest(
        HttpVersion.HTTP_1_1,
        method,
        target,
        Headers.of("Host", "localhost:8080"),
        InputStream.nullInputStream(),
        new Tls(false, List.of()));
  }

  /** A GET request, as {@link #of}. */
  public static TestRequest get(String target) {
    return of("GET", target);
  }

  /** This request with a field set, in place of what it had. */
  public TestRequest header(String name, String value) {
    return with(Headers.copyOf(headers).set(name, value));
  }

  /** This request without a field. */
  public TestRequest without(String name) {
    return with(Headers.copyOf(headers).remove(name));
  }

  private TestRequest with(Headers newHeaders) {
    return new TestRequest(version, method, target, newHeaders, body, tls);
  }

  /** This request with a text as its body, and its length. */
  public TestRequest body(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return header("Content-Length", Integer.toString(bytes.length))
        .body(new ByteArrayInputStream(bytes));
  }

  /** This request with a body. */
  public TestRequest body(InputStream newBody) {
    return new TestRequest(version, method, target, Headers.copyOf(headers), newBody, tls);
  }

  /** This request from a client that speaks another version. */
  public TestRequest version(HttpVersion newVersion) {
    return new TestRequest(newVersion, method, target, Headers.copyOf(headers), body, tls);
  }

  /** This request on a connection that is encrypted, or in cleartext. */
  public TestRequest secure(boolean newSecure) {
    return with(new Tls(newSecure, newSecure ? tls.clientCertificates() : List.of()));
  }

  /** This request from a client that has shown certificates; encrypted, therefore. */
  public TestRequest clientCertificates(List<X509Certificate> chain) {
    return with(new Tls(true, List.copyOf(chain)));
  }

  private TestRequest with(Tls newTls) {
    return new TestRequest(version, method, target, Headers.copyOf(headers), body, newTls);
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
    return body;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return CLIENT;
  }

  @Override
  public InetSocketAddress localAddress() {
    return SERVER;
  }

  @Override
  public boolean secure() {
    return tls.secure();
  }

  @Override
  public List<X509Certificate> clientCertificates() {
    return tls.clientCertificates();
  }

  @Override
  public Signal cancelled() {
    return never;
  }

  @Override
  public Signal draining() {
    return never;
  }

  /** A body that is there already meets every deadline. */
  @Override
  public void readDeadline(Duration fromNow) {
    if (!fromNow.isPositive()) {
      throw new IllegalArgumentException("not a positive deadline: " + fromNow);
    }
  }
}
