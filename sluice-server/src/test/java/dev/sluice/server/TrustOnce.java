package dev.sluice.server;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts whatever certificate a server shows, and remembers it. */
final class TrustOnce extends X509ExtendedTrustManager {
  private volatile @Nullable X509Certificate seen;

  /** What the server has shown. */
  X509Certificate seen() {
    return Objects.requireNonNull(seen, "no server has shown anything");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) {
    seen = chain[0];
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
    seen = chain[0];
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
    seen = chain[0];
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
