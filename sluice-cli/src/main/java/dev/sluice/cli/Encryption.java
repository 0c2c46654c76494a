package dev.sluice.cli;

import dev.sluice.server.ServerOptions;
import dev.sluice.server.TlsOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Whether a command that listens speaks TLS, and with which certificates. */
final class Encryption {
  private static final String EITHER = "give --tls-cert FILE and --tls-key FILE";

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description =
          "Speak TLS (https, and HTTP/2 with who wants it) with this certificate: PEM, those of"
              + " its authorities behind it. It is read again when it changes. With several, each"
              + " with its --tls-key, the client's name for the server chooses.")
  private List<Path> certificates = new ArrayList<>();

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The key of the certificate: PEM, not encrypted.")
  private List<Path> keys = new ArrayList<>();

  @Option(
      names = "--tls",
      paramLabel = "self-signed",
      converter = SelfSigned.class,
      description =
          "Speak TLS with a certificate that is made at the start and that nobody trusts: for"
              + " trying out.")
  private @Nullable String selfSigned;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "Serve only clients that have a certificate of one of these authorities (PEM).")
  private @Nullable Path clientAuthorities;

  /**
   * Checks that what was given makes sense together. Files are read by the server.
   *
   * @throws CliException if not
   */
  void check() throws CliException {
    if (selfSigned != null && !(certificates.isEmpty() && keys.isEmpty())) {
      throw wrong("--tls self-signed: that is without --tls-cert and --tls-key; leave one out");
    }
    if (certificates.size() > keys.size()) {
      throw wrong("--tls-cert %s: its key is missing; add --tls-key FILE", certificates, keys);
    }
    if (keys.size() > certificates.size()) {
      throw wrong(
          "--tls-key %s: its certificate is missing; add --tls-cert FILE", keys, certificates);
    }
    if (clientAuthorities != null && !isOn()) {
      throw wrong("--tls-client-ca: there is no TLS; " + EITHER + ", or --tls self-signed");
    }
  }

  /** The first that has no counterpart. */
  private static CliException wrong(String format, List<Path> many, List<Path> few) {
    return wrong(format.formatted(many.get(few.size())));
  }

  private static CliException wrong(String what) {
    return new CliException(ExitStatus.USAGE, what);
  }

  /** Whether TLS is spoken. */
  boolean isOn() {
    return selfSigned != null || !certificates.isEmpty();
  }

  /** Whether the certificate is one that nobody trusts. */
  boolean isSelfSigned() {
    return selfSigned != null;
  }

  /** Whether clients have to show who they are. */
  boolean asksClients() {
    return clientAuthorities != null;
  }

  /** What {@code curl} needs to be let in, behind a blank. */
  String curlOptions() {
    return (isSelfSigned() ? " -k" : "") + (asksClients() ? " --cert FILE --key FILE" : "");
  }

  /** The certificate files. */
  List<Path> certificates() {
    return List.copyOf(certificates);
  }

  /** The same options with TLS, if it is spoken. */
  ServerOptions addTo(ServerOptions options) {
    if (!isOn()) {
      return options;
    }
    TlsOptions tls =
        isSelfSigned() ? TlsOptions.selfSigned() : TlsOptions.of(certificates.get(0), keys.get(0));
    for (int i = 1; i < certificates.size(); i++) {
      tls = tls.and(certificates.get(i), keys.get(i));
    }
    return options.withTls(
        clientAuthorities == null ? tls : tls.withClientAuthorities(clientAuthorities));
  }

  /** Reads the only value that there is. */
  static final class SelfSigned implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (text.equals("self-signed")) {
        return text;
      }
      throw new TypeConversionException(
          "'" + text + "' is not self-signed; write that, or " + EITHER);
    }
  }
}
