package dev.sluice.streams;

import dev.sluice.Headers;
import dev.sluice.RequestException;
import dev.sluice.journal.Offset;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a stream is to be a fork of (Durable Streams, section 4.2), in header fields; pure.
 *
 * @param source name of the journal
 * @param offset where it leaves the source; null: where that ends
 * @param beyond how much further: bytes, or messages of JSON
 */
record ForkHeaders(String source, @Nullable Offset offset, long beyond) {
  static final String FROM = "Stream-Forked-From";
  static final String OFFSET = "Stream-Fork-Offset";
  static final String SUB_OFFSET = "Stream-Fork-Sub-Offset";

  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,15}");

  /**
   * Reads them.
   *
   * @param prefix what the path of every stream begins with
   * @return null if there are none
   * @throws RequestException if one is malformed, or what they refer to is missing (400)
   */
  static @Nullable ForkHeaders of(Headers headers, String prefix) throws RequestException {
    String from = StreamHeaders.single(headers, FROM);
    String offset = StreamHeaders.single(headers, OFFSET);
    String beyond = StreamHeaders.single(headers, SUB_OFFSET);
    if (from == null) {
      if (offset != null || beyond != null) {
        throw new RequestException(400, FROM + ": missing; without it there is no fork");
      }
      return null;
    }
    if (beyond != null && !NUMBER.matcher(beyond).matches()) {
      throw new RequestException(400, SUB_OFFSET + ": not a number, in digits alone");
    }
    return new ForkHeaders(
        name(from, prefix),
        offset == null ? null : ReadQuery.offset(OFFSET, offset),
        beyond == null ? 0 : Long.parseLong(beyond));
  }

  private static String name(String path, String prefix) throws RequestException {
    if (path.startsWith(prefix) && !RequestedName.hasEncodedSlash(path)) {
      try {
        String name = path.substring(prefix.length()).replace("+", "%2B");
        return URLDecoder.decode(name, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        // a malformed percent-encoding
      }
    }
    throw new RequestException(400, FROM + ": not the path of a stream; use " + prefix + "NAME");
  }
}
