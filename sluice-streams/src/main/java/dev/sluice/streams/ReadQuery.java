package dev.sluice.streams;

import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a read of a stream asks for (Durable Streams, sections 5.6 to 5.8 and 8); pure. Parameters
 * that are not known are ignored.
 *
 * @param from where to begin
 * @param live how to go on behind what is there
 * @param cursor as it was sent, or null
 */
record ReadQuery(From from, Live live, @Nullable String cursor) {
  /** Where a read begins. */
  sealed interface From {
    /** At the beginning. */
    record Beginning() implements From {}

    /** Where the stream ends when the server looks. */
    record Now() implements From {}

    /** At the oldest byte that is kept: an addition of ours. */
    record Kept() implements From {}

    /**
     * At an offset.
     *
     * @param journal identity of the journal that it must be one of, or null
     */
    record At(Offset offset, @Nullable String journal) implements From {}
  }

  /** How a read goes on. */
  enum Live {
    /** It does not. */
    NO,
    LONG_POLL,
    SSE,
    /** The bytes as they are, an addition of ours. */
    RAW
  }

  private static final Pattern OFFSET = Pattern.compile("[0-9]{16}_[0-9]{16}");
  private static final Pattern JOURNAL = Pattern.compile("[0-9a-f]{8}");

  /** Whether it begins at the same place whenever it is sent. */
  boolean isFixed() {
    return switch (from) {
      case From.Beginning _ -> true;
      case From.At _ -> true;
      case From.Now _ -> false;
      case From.Kept _ -> false;
    };
  }

  /**
   * Reads it.
   *
   * @throws RequestException if it is malformed, or lacks what it needs (400)
   */
  static ReadQuery of(Request request) throws IOException {
    String offset = single(request, "offset");
    Live live = live(single(request, "live"));
    if (offset == null && (live == Live.LONG_POLL || live == Live.SSE)) {
      throw new RequestException(400, "offset: missing; -1 is the beginning, now the end");
    }
    return new ReadQuery(from(offset), live, request.query("cursor"));
  }

  private static @Nullable String single(Request request, String name) throws IOException {
    List<String> all = request.queries(name);
    if (all.size() > 1) {
      throw new RequestException(400, name + ": given more than once");
    }
    return all.isEmpty() ? null : all.getFirst();
  }

  private static Live live(@Nullable String text) throws RequestException {
    return switch (text) {
      case null -> Live.NO;
      case "long-poll" -> Live.LONG_POLL;
      case "sse" -> Live.SSE;
      case "raw" -> Live.RAW;
      default -> throw new RequestException(400, "live: unknown; use long-poll, sse or raw");
    };
  }

  private static From from(@Nullable String text) throws RequestException {
    return switch (text) {
      case null -> new From.Beginning();
      case "-1" -> new From.Beginning();
      case "now" -> new From.Now();
      case "kept" -> new From.Kept();
      default -> at(text);
    };
  }

  /** There are clients that go on at the id of an event, which names the journal too. */
  private static From at(String text) throws RequestException {
    int sign = text.indexOf('@');
    String journal = text.substring(sign + 1);
    return sign >= 0 && JOURNAL.matcher(journal).matches()
        ? new From.At(offset("offset", text.substring(0, sign)), journal)
        : new From.At(offset("offset", text), null);
  }

  /**
   * Reads an offset.
   *
   * @param what where it stands
   * @throws RequestException if it is not one of ours (400)
   */
  static Offset offset(String what, String text) throws RequestException {
    if (OFFSET.matcher(text).matches()) {
      try {
        return Offset.parse(text);
      } catch (IllegalArgumentException e) {
        // of another generation
      }
    }
    throw new RequestException(
        400,
        "%s: malformed; use one that this server sent, such as %s".formatted(what, Offset.ZERO));
  }
}
