package dev.sluice.streams;

import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.journal.JournalName;
import java.util.Locale;

/** The name of a journal in the path of a request. */
final class RequestedName {
  private static final String RESERVED = "v1/stream";

  private RequestedName() {}

  /**
   * Reads and checks the name of a stream.
   *
   * @throws RequestException if it is not one (400); the message says why
   */
  static String ofStream(Request request) throws RequestException {
    if (hasEncodedSlash(request.path())) {
      throw new RequestException(400, "a name has no encoded slash (%2F)");
    }
    String name = check(request.parameter("name"));
    if (name.equals(RESERVED) || name.startsWith(RESERVED + "/")) {
      throw new RequestException(
          400, "no name begins with " + RESERVED + ": its page would be at a stream's own URL");
    }
    return name;
  }

  private static String check(String name) throws RequestException {
    try {
      return new JournalName(name).text();
    } catch (IllegalArgumentException e) {
      throw new RequestException(400, String.valueOf(e.getMessage()));
    }
  }

  /** One that is encoded is not between two parts, so that the path is not that of a name. */
  static boolean hasEncodedSlash(String path) {
    return path.indexOf('%') >= 0 && path.toLowerCase(Locale.ROOT).contains("%2f");
  }
}
