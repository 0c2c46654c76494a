package dev.sluice.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a server, and the engines that speak TLS with them. Certificates from files
 * are read again when they have changed.
 *
 * <p>Handshakes are computed on threads of their own, one per processor, so that many at once
 * cannot hold up the loops or the handlers. What waits is bounded by the number of connections, of
 * which each has one task at a time.
 *
 * <p>Thread safety: all methods.
 */
final class TlsContexts implements AutoCloseable {
  /**
   * Of which only those are asked that a client offers; one that offers none of them is refused.
   */
  private static final String[] APPLICATION_PROTOCOLS = {"h2", "http/1.1", "http/1.0"};

  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  /** What a client may resume; most is in tickets that clients keep. */
  private static final int SESSIONS_MAX = 5_000;

  private static final Duration LOOK_PERIOD = Duration.ofSeconds(2);
  private static final int THREAD_IDLE_SECONDS = 10;

  private record Current(
      SSLContext context, SSLParameters parameters, List<TlsIdentity> identities) {}

  private final TlsOptions options;
  private final ThreadPoolExecutor computing;
  private final RecordBuffers buffers;
  private final @Nullable FileWatch watch;
  private volatile Current current;

  private TlsContexts(TlsOptions options, InetSocketAddress listen) throws SSLException {
    this.options = options;
    List<Path> files =
        Stream.concat(
                options.pairs().stream()
                    .flatMap(pair -> Stream.of(pair.certificates(), pair.key())),
                Stream.ofNullable(options.clientAuthorities()))
            .toList();
    List<TlsIdentity> selfSigned =
        options.pairs().isEmpty() ? List.of(SelfSigned.make(address(listen))) : List.of();
    this.watch = files.isEmpty() ? null : new FileWatch(files, () -> current = load(selfSigned));
    this.current = load(selfSigned);
    this.buffers = new RecordBuffers(TlsEngine.bufferBytes(current.context().createSSLEngine()));
    int threads = Runtime.getRuntime().availableProcessors();
    this.computing =
        new ThreadPoolExecutor(
            threads,
            threads,
            THREAD_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("sluice-tls-", 1).factory());
    computing.allowCoreThreadTimeOut(true);
  }

  /**
   * Loads the certificates, and looks after them from then on.
   *
   * @throws SSLException if they cannot be used; its message is for people
   */
  static TlsContexts start(TlsOptions options, InetSocketAddress listen) throws SSLException {
    var contexts = new TlsContexts(options, listen);
    if (contexts.watch != null) {
      contexts.watch.start(LOOK_PERIOD);
    }
    return contexts;
  }

  /** A name that was not found is told of when it is listened on. */
  private static InetAddress address(InetSocketAddress listen) {
    return listen.isUnresolved() ? InetAddress.getLoopbackAddress() : listen.getAddress();
  }

  private Current load(List<TlsIdentity> selfSigned) throws SSLException {
    List<TlsIdentity> identities = new ArrayList<>(selfSigned);
    for (TlsOptions.Pair pair : options.pairs()) {
      identities.add(TlsIdentity.read(pair));
    }
    identities.forEach(identity -> identity.warnIfInvalid(Instant.now()));
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new TlsKeys(identities)}, trust(), null);
      context.getServerSessionContext().setSessionCacheSize(SESSIONS_MAX);
      return new Current(context, parameters(context), List.copyOf(identities));
    } catch (GeneralSecurityException e) {
      throw new SSLException("this JDK cannot use the certificates: " + e.getMessage(), e);
    }
  }

  /** Nobody is trusted, if clients need no certificates. */
  private TrustManager[] trust() throws SSLException, GeneralSecurityException {
    Path file = options.clientAuthorities();
    if (file == null) {
      return new TrustManager[0];
    }
    try {
      KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
      authorities.load(null, null);
      int count = 0;
      for (X509Certificate one : PemFile.read(file).certificates()) {
        authorities.setCertificateEntry("authority " + count++, one);
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(authorities);
      return managers.getTrustManagers();
    } catch (SSLException e) {
      throw e;
    } catch (IOException e) {
      throw new SSLException("an empty key store cannot be made", e);
    }
  }

  private SSLParameters parameters(SSLContext context) {
    var parameters = new SSLParameters();
    parameters.setProtocols(VERSIONS);
    parameters.setApplicationProtocols(APPLICATION_PROTOCOLS);
    parameters.setCipherSuites(
        Stream.of(context.getSupportedSSLParameters().getCipherSuites())
            .filter(TlsContexts::isModern)
            .toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    parameters.setNeedClientAuth(options.clientAuthorities() != null);
    return parameters;
  }

  /** Those of TLS 1.3, and of 1.2 those that HTTP/2 allows (RFC 9113, section 9.2.2). */
  private static boolean isModern(String suite) {
    boolean authenticating = suite.contains("_GCM_") || suite.contains("_CHACHA20_");
    boolean of13 = !suite.contains("_WITH_");
    return authenticating && (of13 || suite.startsWith("TLS_ECDHE_"));
  }

  /** An engine for a connection that begins. */
  SSLEngine newEngine() throws SSLException {
    Current now = current;
    SSLEngine engine = now.context().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setSSLParameters(now.parameters());
    engine.beginHandshake();
    return engine;
  }

  /** For the records of all connections. */
  RecordBuffers buffers() {
    return buffers;
  }

  /** Runs a piece of a handshake, off the loops. */
  void compute(Runnable piece) {
    computing.execute(piece);
  }

  /** The SHA-256 of the first certificate: {@code AB:CD:…}. */
  String fingerprint() {
    return TlsIdentity.fingerprint(first());
  }

  /** When the first certificate expires. */
  Instant notAfter() {
    return first().getNotAfter().toInstant();
  }

  private X509Certificate first() {
    return current.identities().getFirst().certificate();
  }

  /** Looks at the files now. */
  void look() {
    if (watch != null) {
      watch.look();
    }
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
    computing.shutdownNow();
  }
}
