package dev.sluice.cli;

import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** For which hosts certificates are, as far as they name them one by one. */
final class CertificateNames {
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*");
  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private CertificateNames() {}

  /** Host names and addresses; none for files that are wrong, of which the server tells more. */
  static List<String> of(List<Path> files) {
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      try {
        X509Certificate own = Pem.read("--tls-cert", file).certificates().getFirst();
        Collection<List<?>> alternatives = own.getSubjectAlternativeNames();
        if (alternatives != null) {
          alternatives.forEach(each -> add((Integer) each.get(0), each.get(1), names));
        }
      } catch (CliException | CertificateParsingException e) {
        // The server tells.
      }
    }
    return names;
  }

  private static void add(int type, Object value, List<String> names) {
    if (value instanceof String name) {
      if (type == IP_ADDRESS || (type == DNS_NAME && isHostName(name))) {
        names.add(name);
      }
    }
  }

  /** Whether it is a name of one host, and no address. */
  static boolean isHostName(String name) {
    return HOST_NAME.matcher(name).matches() && !name.matches("[0-9.]+");
  }
}
