package dev.sluice.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an origin (RFC 6454) and writes it as browsers do: in lower case, no usual port. */
final class WebOrigin implements ITypeConverter<String> {
  @Override
  public String convert(String text) {
    if (text.equals("*")) {
      return text;
    }
    try {
      URI uri = new URI(text);
      if (uri.getHost() != null && isOrigin(uri)) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        int usual = scheme.equals("https") ? 443 : 80;
        boolean plain = uri.getPort() == -1 || uri.getPort() == usual;
        return scheme + "://" + host + (plain ? "" : ":" + uri.getPort());
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new TypeConversionException(
        "'" + text + "' is no origin; write one like https://app.example, or *");
  }

  private static boolean isOrigin(URI uri) {
    return ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()))
        && uri.getRawUserInfo() == null
        && Objects.requireNonNullElse(uri.getRawPath(), "").isEmpty()
        && uri.getRawQuery() == null
        && uri.getRawFragment() == null
        && uri.getPort() != 0
        && uri.getPort() <= 65535;
  }
}
