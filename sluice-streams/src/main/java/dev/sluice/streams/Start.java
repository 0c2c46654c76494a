package dev.sluice.streams;

import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a viewer begins: where it left off ({@code Last-Event-ID}), or else at {@code ?offset=}.
 *
 * @param goneJournal identity of the journal that the viewer has followed so far, if that was
 *     another one; it then begins at the beginning
 * @param resumed whether it comes back to this journal
 */
record Start(Offset from, @Nullable String goneJournal, boolean resumed) {
  private static final Pattern EVENT_ID = Pattern.compile("([0-9_]+)(?:@([0-9a-f]{8}))?");

  /**
   * Reads it from a request.
   *
   * @throws RequestException if it is malformed, or past the journal's end (400)
   */
  static Start of(Request request, Journal journal) throws IOException {
    String lastEventId = request.header("Last-Event-ID");
    if (lastEventId != null && !lastEventId.isEmpty()) {
      return byEventId(lastEventId, journal);
    }
    String offset = request.query("offset");
    Offset from =
        switch (offset) {
          case null -> Offset.ZERO;
          case "-1" -> Offset.ZERO;
          case "now" -> journal.tail();
          case "kept" -> journal.start();
          default -> checked(offset, "offset", "OFFSET, -1, now or kept", journal);
        };
    return new Start(from, null, false);
  }

  private static Start byEventId(String id, Journal journal) throws RequestException {
    String expected = "OFFSET or OFFSET@JOURNAL";
    Matcher matcher = EVENT_ID.matcher(id);
    if (!matcher.matches()) {
      throw malformed("Last-Event-ID", expected);
    }
    String of = matcher.group(2);
    if (of != null && !of.equals(journal.id())) {
      parse(matcher.group(1), "Last-Event-ID", expected);
      return new Start(Offset.ZERO, of, false);
    }
    return new Start(checked(matcher.group(1), "Last-Event-ID", expected, journal), null, true);
  }

  private static Offset checked(String text, String what, String expected, Journal journal)
      throws RequestException {
    Offset offset = parse(text, what, expected);
    Offset tail = journal.tail();
    if (offset.compareTo(tail) > 0) {
      throw new RequestException(
          400, "%s: %s is past the end, which is %s".formatted(what, offset, tail));
    }
    return offset;
  }

  private static Offset parse(String text, String what, String expected) throws RequestException {
    try {
      return Offset.parse(text);
    } catch (IllegalArgumentException e) {
      throw malformed(what, expected);
    }
  }

  /** Quotes nothing: what is malformed may hold anything. */
  private static RequestException malformed(String what, String expected) {
    return new RequestException(
        400, "%s: malformed; use %s, such as %s".formatted(what, expected, Offset.ZERO));
  }
}
