package dev.sluice.cli;

import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why there is no TLS with a server, for people, where another attempt changes nothing. */
final class TlsFailure {
  private static final String UNCHECKED = "; --insecure does not check it";

  private TlsFailure() {}

  /**
   * Gives up if another attempt changes nothing.
   *
   * @param what was tried
   */
  static void check(String what, IOException failure) throws CliException {
    Throwable reason = failure;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    String why = describe(reason, String.valueOf(reason.getMessage()));
    if (why != null) {
      throw new CliException(ExitStatus.FAILED, what + ": " + why, failure);
    }
  }

  private static @Nullable String describe(Throwable reason, String message) {
    return switch (reason) {
      case CertificateExpiredException _ ->
          "the server's certificate has expired (" + message + "); have it renewed" + UNCHECKED;
      case CertificateNotYetValidException _ ->
          "the server's certificate is not valid yet (" + message + "); look at the clocks";
      case CertPathBuilderException _, CertPathValidatorException _ ->
          "nobody who is trusted here vouches for the server's certificate; give its authority, or"
              + " the certificate itself, by --cacert FILE"
              + UNCHECKED;
      case CertificateException _ ->
          "the server's certificate is for another name (" + message + ")" + UNCHECKED;
      case SSLException _ -> describe(message);
      default -> null;
    };
  }

  /** What TLS itself says, or the other end by an alert (RFC 8446 section 6.2). */
  private static @Nullable String describe(String message) {
    if (message.contains("nrecognized SSL message")) {
      return "no TLS is spoken there; write http://";
    }
    if (message.contains("certificate_required") || message.contains("bad_certificate")) {
      return "the server wants to see a certificate that it trusts; give one by --cert and --key";
    }
    if (message.contains("unknown_ca") || message.contains("certificate_unknown")) {
      return "the server does not trust the certificate of --cert; give one of its authorities";
    }
    boolean lasting = message.contains("fatal alert") && !message.contains("internal_error");
    return lasting ? "no TLS with it: " + message : null;
  }
}
