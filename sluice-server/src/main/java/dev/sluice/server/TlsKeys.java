package dev.sluice.server;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.IntStream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Which of its certificates the server shows: one that is for the host that the client names; to
 * all others the first.
 *
 * <p>Thread safety: all methods.
 */
final class TlsKeys extends X509ExtendedKeyManager {
  private final List<TlsIdentity> identities;

  TlsKeys(List<TlsIdentity> identities) {
    this.identities = identities;
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    String host = host(engine);
    List<TlsIdentity> fitting =
        host == null
            ? List.of()
            : identities.stream().filter(identity -> identity.isFor(host)).toList();
    List<TlsIdentity> offered = fitting.isEmpty() ? List.of(identities.getFirst()) : fitting;
    return offered.stream()
        .filter(identity -> identity.key().getAlgorithm().equals(keyType))
        .findFirst()
        .map(this::alias)
        .orElse(null); // the engine asks for another type then
  }

  /** The host that the client names in its hello (RFC 6066, section 3). */
  private static @Nullable String host(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName();
        }
      }
    }
    return null;
  }

  private String alias(TlsIdentity identity) {
    return Integer.toString(identities.indexOf(identity));
  }

  private TlsIdentity identity(String alias) {
    return identities.get(Integer.parseInt(alias));
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return identity(alias).chain().toArray(new X509Certificate[0]);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return identity(alias).key();
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return IntStream.range(0, identities.size()).mapToObj(Integer::toString).toArray(String[]::new);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null; // there are engines only
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null; // never a client
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
