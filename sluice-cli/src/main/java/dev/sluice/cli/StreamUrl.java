package dev.sluice.cli;

import dev.sluice.journal.JournalName;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What a user calls a stream: its own URL, at any path of any server, or for short {@code
 * http://HOST:PORT/NAME}, which stands for {@code http://HOST:PORT/v1/stream/NAME}.
 *
 * <p>A path below {@code /v1/stream/} or a query make it a stream's own URL. Otherwise the server
 * knows: see {@link Locator}.
 *
 * @param given as it was written
 */
record StreamUrl(URI given) {
  /** The rule, for the commands that take one. */
  static final String HELP =
      "URL is a stream's own if its path begins with /v1/stream/, or if it has a query, or if the"
          + " server says that there is a stream. Otherwise it is short for"
          + " http://HOST:PORT/v1/stream/NAME.";

  private static final String STREAM = "/v1/stream/";

  /** Whether it can be nothing but a stream's own. */
  boolean isOwn() {
    return given.getRawPath().startsWith(STREAM) || given.getRawQuery() != null;
  }

  /** Whether it is a server's alone. */
  boolean isServer() {
    return given.getRawPath().equals("/") && given.getRawQuery() == null;
  }

  /** The stream's own URL that it may be short for; null if it cannot be short for one. */
  @Nullable URI meant() {
    if (isOwn()) {
      return null;
    }
    try {
      return given.resolve(STREAM + new JournalName(given.getRawPath().substring(1)));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** That of a journal of the same server. */
  StreamUrl named(String path) {
    return new StreamUrl(given.resolve(path));
  }

  /** A URL with something more in its query: a name, its value, and so on. */
  static URI with(URI url, String... query) {
    var text = new StringBuilder(url.toString());
    char separator = url.getRawQuery() == null ? '?' : '&';
    for (int i = 0; i < query.length; i += 2) {
      String value = URLEncoder.encode(query[i + 1], StandardCharsets.UTF_8);
      text.append(separator).append(query[i]).append('=').append(value);
      separator = '&';
    }
    return URI.create(text.toString());
  }

  @Override
  public String toString() {
    return given.toString();
  }

  /** Reads one of a stream. */
  static final class Converter implements ITypeConverter<StreamUrl> {
    @Override
    public StreamUrl convert(String text) {
      StreamUrl url = new OnlyOneConverter().convert(text);
      if (url.isServer()) {
        throw new TypeConversionException(
            "'%s' has no name of a journal; write %sNAME".formatted(text, url));
      }
      return url;
    }
  }

  /** Reads one that may be that of a server, for the only journal there. */
  static final class OnlyOneConverter implements ITypeConverter<StreamUrl> {
    @Override
    public StreamUrl convert(String text) {
      try {
        URI url = new URI(text);
        boolean http =
            "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (http && url.getHost() != null && url.getRawUserInfo() == null) {
          if (url.getRawFragment() != null) {
            throw new TypeConversionException("'" + text + "': leave out what begins with #");
          }
          return new StreamUrl(url.getRawPath().isEmpty() ? URI.create(withPath(url)) : url);
        }
      } catch (URISyntaxException e) {
        // What is wrong in detail helps nobody.
      }
      throw new TypeConversionException(
          "'" + text + "' is not the URL of a journal; write http://HOST:PORT/NAME");
    }

    private static String withPath(URI url) {
      String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
      return url.getScheme() + "://" + url.getRawAuthority() + "/" + query;
    }
  }
}
