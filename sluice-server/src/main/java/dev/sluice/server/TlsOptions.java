package dev.sluice.server;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * With which certificates a server speaks TLS 1.2 and 1.3. Immutable; each {@code with} returns a
 * changed copy.
 *
 * <p>The files are read when the server starts, and again when they have changed: handshakes from
 * then on use the new certificate, open connections go on. Files that are wrong while the server
 * runs are warned of once, and what was read before stays.
 *
 * @param pairs the certificates; a client that names a host gets the first one made for that name,
 *     every other client the very first. None: one that the server makes and signs itself
 * @param clientAuthorities who signs the certificates of clients, as a PEM file; if it is given, a
 *     client without one is refused
 */
public record TlsOptions(List<Pair> pairs, @Nullable Path clientAuthorities) {

  /**
   * A certificate and its key, as PEM files.
   *
   * @param certificates the server's own first, then those that lead from it to an authority
   * @param key PKCS#8, PKCS#1 or SEC1, not encrypted
   */
  public record Pair(Path certificates, Path key) {}

  /** Copies the list. */
  public TlsOptions {
    pairs = List.copyOf(pairs);
  }

  /** One certificate. */
  public static TlsOptions of(Path certificates, Path key) {
    return new TlsOptions(List.of(new Pair(certificates, key)), null);
  }

  /**
   * A certificate for {@code localhost}, the loopback addresses and the address listened on, made
   * at the start, valid for 30 days and trusted by nobody: for trying out. {@link
   * Server#fingerprint} lets a client know it.
   */
  public static TlsOptions selfSigned() {
    return new TlsOptions(List.of(), null);
  }

  /**
   * The same with one more certificate, for other names.
   *
   * @throws IllegalStateException if these are the options for a self-signed one
   */
  public TlsOptions and(Path certificates, Path key) {
    if (pairs.isEmpty()) {
      throw new IllegalStateException("a self-signed certificate is the only one");
    }
    Pair more = new Pair(certificates, key);
    return new TlsOptions(
        Stream.concat(pairs.stream(), Stream.of(more)).toList(), clientAuthorities);
  }

  /** The same, but a client must have a certificate signed by one of those in a PEM file. */
  public TlsOptions withClientAuthorities(Path certificates) {
    return new TlsOptions(pairs, certificates);
  }
}
