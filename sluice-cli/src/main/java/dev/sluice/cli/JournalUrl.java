package dev.sluice.cli;

import dev.sluice.journal.JournalName;
import dev.sluice.journal.Offset;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a journal is: {@code http://HOST:PORT/NAME}, or {@code …/v1/stream/NAME}, which is the
 * same.
 *
 * @param server scheme and authority
 * @param name of the journal; null for the only one of the server
 */
record JournalUrl(String server, @Nullable JournalName name) {
  private static final String STREAM = "/v1/stream/";

  /** To follow it from an offset, as the bytes that it holds. */
  URI view(Offset from) {
    return URI.create(this + "?as=raw&offset=" + from);
  }

  /** To append to it, and ask about it. */
  URI stream() {
    return URI.create(server + STREAM + Objects.requireNonNull(name));
  }

  /** That of a journal of the same server. */
  JournalUrl named(String journal) {
    return new JournalUrl(server, new JournalName(journal));
  }

  /** The short form. */
  @Override
  public String toString() {
    return server + "/" + (name == null ? "" : name);
  }

  /** Reads one that has a name. */
  static final class Converter implements ITypeConverter<JournalUrl> {
    @Override
    public JournalUrl convert(String text) {
      JournalUrl url = new OnlyOneConverter().convert(text);
      if (url.name() == null) {
        throw new TypeConversionException(
            "'%s' has no name of a journal; write %s/NAME".formatted(text, url.server()));
      }
      return url;
    }
  }

  /** Reads one that need not have a name. */
  static final class OnlyOneConverter implements ITypeConverter<JournalUrl> {
    @Override
    public JournalUrl convert(String text) {
      URI url = url(text);
      String server = url.getScheme().toLowerCase(Locale.ROOT) + "://" + url.getRawAuthority();
      String path = url.getRawPath();
      String name = path.startsWith(STREAM) ? path.substring(STREAM.length()) : path.substring(1);
      if (name.isEmpty()) {
        return new JournalUrl(server, null);
      }
      try {
        return new JournalUrl(server, new JournalName(name));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "': " + e.getMessage());
      }
    }

    private static URI url(String text) {
      try {
        URI url = new URI(text.endsWith("/") || text.indexOf('/', 8) > 0 ? text : text + "/");
        boolean http =
            "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (http && url.getHost() != null && url.getRawUserInfo() == null) {
          if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new TypeConversionException("'" + text + "': leave out what follows the name");
          }
          return url;
        }
      } catch (URISyntaxException e) {
        // What is wrong in detail helps nobody.
      }
      throw new TypeConversionException(
          "'" + text + "' is not the URL of a journal; write http://HOST:PORT/NAME");
    }
  }
}
