package dev.sluice.streams;

import dev.sluice.RequestException;
import dev.sluice.journal.Append;
import dev.sluice.journal.Expiry;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.Offset;
import dev.sluice.journal.Origin;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes forks of streams (Durable Streams, section 4.2). */
final class StreamForks {
  private final JournalStore store;

  StreamForks(JournalStore store) {
    this.store = store;
  }

  /**
   * The journal that a fork leaves; or that fork itself, if it is there and its source was deleted
   * meanwhile: a client that did not hear the first answer asks once more.
   */
  Journal source(String name, ForkHeaders headers) throws IOException {
    Journal source = store.find(headers.source());
    if (source != null) {
      return source;
    }
    Journal fork = store.find(name);
    if (fork != null && isSame(fork, headers)) {
      return fork;
    }
    boolean gone = store.isGone(headers.source());
    throw new RequestException(
        gone ? 409 : 404,
        ForkHeaders.FROM + (gone ? ": that journal was deleted" : ": there is no such journal"));
  }

  /**
   * What a fork has: what its source has, but for what the request says.
   *
   * @param type as given, or null
   * @param expiry as given; never: none is given
   */
  static JournalOptions options(Journal source, @Nullable String type, Expiry expiry)
      throws RequestException {
    JournalOptions options = source.options();
    if (type != null && !StreamHeaders.sameType(options.contentType(), type)) {
      throw new RequestException(409, "Content-Type: the source's is " + options.contentType());
    }
    return expiry instanceof Expiry.Never ? options : options.withExpiry(expiry);
  }

  /** Makes a fork, or finds what is there. */
  JournalStore.Opened open(
      String name,
      Journal source,
      ForkHeaders headers,
      JournalOptions options,
      @Nullable Append first)
      throws IOException {
    Journal there = store.find(name);
    return there != null
        ? new JournalStore.Opened(there, false)
        : store.fork(name, source, at(source, headers), options, first);
  }

  /**
   * Whether a journal is the fork that is asked for. It tells so itself: its source may be gone, or
   * have gone on.
   */
  static boolean isSame(Journal journal, ForkHeaders headers) {
    Origin origin = journal.origin();
    if (origin == null || !origin.name().equals(headers.source())) {
      return false;
    }
    Offset given = headers.offset();
    long beyond = headers.beyond();
    if (given == null) {
      return beyond == 0; // the end, wherever that was
    }
    long from = given.position();
    long at = origin.at().position();
    if (beyond == 0 || !JsonMessages.are(journal.options().contentType())) {
      return from + beyond == at;
    }
    return JsonLines.isBoundary(journal, from) && JsonLines.end(journal, from, at, beyond) == at;
  }

  private static Offset at(Journal source, ForkHeaders headers) throws RequestException {
    long tail = source.tail().position();
    Offset given = headers.offset();
    long anchor = given == null ? tail : given.position();
    boolean json = JsonMessages.are(source.options().contentType());
    if (anchor > tail) {
      throw new RequestException(400, ForkHeaders.OFFSET + ": past the source's end");
    }
    if (source.deleted()) {
      throw new RequestException(404, ForkHeaders.FROM + ": that journal was deleted");
    }
    if (anchor < source.start().position()) {
      throw new RequestException(
          400, ForkHeaders.OFFSET + ": the source keeps nothing before " + source.start());
    }
    if (json && !JsonLines.isBoundary(source, anchor)) {
      throw new RequestException(400, ForkHeaders.OFFSET + ": within a message");
    }
    long beyond = headers.beyond();
    long at =
        beyond == 0 ? anchor : json ? JsonLines.end(source, anchor, tail, beyond) : anchor + beyond;
    if (at < 0 || at > tail) {
      throw new RequestException(400, ForkHeaders.SUB_OFFSET + ": past the source's end");
    }
    return new Offset(at);
  }
}
