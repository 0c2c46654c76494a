package dev.sluice.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a stream of bytes holds, by the letter of RFC 9112 and nothing but it: what a
 * server is held against. A server may refuse more; it must never find others.
 *
 * <p>Where the RFC leaves a choice, it takes the lenient side, which another server may take too.
 */
final class StrictHttp {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final String VALUE = "[\\t\\x20-\\x7e\\x80-\\xff]*";
  private static final Pattern HEAD =
      Pattern.compile(
          "(?:\\r\\n)*(?<method>%s) (?<target>[\\x21-\\x7e]+) HTTP/1\\.(?<minor>[0-9])\\r\\n"
                  .formatted(TOKEN)
              + "(?<fields>(?:%s:%s\\r\\n)*)\\r\\n".formatted(TOKEN, VALUE));
  private static final Pattern CHUNK_HEAD =
      Pattern.compile("(?<size>[0-9A-Fa-f]+)(?:[ \\t]*;%s)?\\r\\n".formatted(VALUE));
  private static final Pattern TRAILERS =
      Pattern.compile("(?:%s:%s(?:\\r\\n[ \\t]+%s)*\\r\\n)*\\r\\n".formatted(TOKEN, VALUE, VALUE));

  /**
   * A request.
   *
   * @param line its method and target
   * @param body null if it is malformed or not whole
   */
  record Found(String line, @Nullable String body) {}

  private final String bytes;
  private int position;

  private StrictHttp(String bytes) {
    this.bytes = bytes;
  }

  /** Finds all requests up to the first fault. */
  static List<Found> requests(String bytes) {
    var parser = new StrictHttp(bytes);
    List<Found> all = new ArrayList<>();
    for (Found one = parser.next(); one != null; one = parser.next()) {
      all.add(one);
      if (one.body() == null) {
        return all;
      }
    }
    return all;
  }

  private @Nullable Found next() {
    Matcher head = at(HEAD);
    if (!head.lookingAt()) {
      return null;
    }
    position = head.end();
    String line = head.group("method") + " " + head.group("target");
    boolean old = head.group("minor").equals("0");
    List<String> lengths = new ArrayList<>();
    List<String> codings = new ArrayList<>();
    int hosts = 0;
    for (String field : head.group("fields").split("\r\n", 0)) {
      int colon = field.indexOf(':');
      String name = field.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
      String value = field.substring(colon + 1).replaceAll("^[ \\t]+|[ \\t]+$", "");
      switch (name) {
        case "content-length" -> lengths.add(value);
        case "transfer-encoding" -> codings.add(value.toLowerCase(Locale.ROOT));
        case "host" -> hosts++;
        default -> {}
      }
    }
    boolean coded = !codings.isEmpty();
    if (hosts > 1 || (hosts == 0 && !old) || lengths.size() > 1 || (coded && !lengths.isEmpty())) {
      return null;
    }
    if (coded) {
      return old || !codings.equals(List.of("chunked")) ? null : new Found(line, chunkedBody());
    }
    return lengths.isEmpty() ? new Found(line, "") : withLength(line, lengths.getFirst());
  }

  private @Nullable Found withLength(String line, String length) {
    if (!length.matches("[0-9]+")) {
      return null;
    }
    String digits = length.replaceFirst("^0+(?=.)", "");
    int size = digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    return new Found(line, take(size));
  }

  private @Nullable String chunkedBody() {
    var body = new StringBuilder();
    while (true) {
      Matcher head = at(CHUNK_HEAD);
      if (!head.lookingAt()) {
        return null;
      }
      position = head.end();
      String digits = head.group("size").replaceFirst("^0+(?=.)", "");
      int size = digits.length() > 7 ? Integer.MAX_VALUE : Integer.parseInt(digits, 16);
      if (size == 0) {
        Matcher trailers = at(TRAILERS);
        if (!trailers.lookingAt()) {
          return null;
        }
        position = trailers.end();
        return body.toString();
      }
      String data = take(size);
      if (data == null || !"\r\n".equals(take(2))) {
        return null;
      }
      body.append(data);
    }
  }

  private @Nullable String take(int count) {
    if (count > bytes.length() - position) {
      return null;
    }
    position += count;
    return bytes.substring(position - count, position);
  }

  private Matcher at(Pattern pattern) {
    return pattern.matcher(bytes).region(position, bytes.length());
  }
}
