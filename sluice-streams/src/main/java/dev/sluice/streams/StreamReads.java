package dev.sluice.streams;

import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.journal.Expiry;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Reads of streams (Durable Streams, sections 5.6 to 5.8): what is there, and then what comes, by
 * long-poll, as server-sent events, or as it is.
 *
 * <p>Thread safety: as a handler's. A long-poll blocks its thread until there is something.
 */
final class StreamReads {
  private static final Duration CACHED_MAX = Duration.ofSeconds(60);

  private final StreamOptions options;
  private final Viewing viewing;
  private final TailWaits waits;

  StreamReads(Journals journals, StreamOptions options) {
    this.options = options;
    this.viewing = new Viewing(journals, options.onViewers());
    this.waits = new TailWaits(options.longPollTimeout());
  }

  /** Answers one. */
  void read(Journal journal, Request request, Response response) throws IOException {
    ReadQuery query = ReadQuery.of(request);
    journal.use();
    response.header("Sluice-Journal", journal.id());
    response.header("Content-Security-Policy", "sandbox"); // it may be a page of anybody's
    switch (query.live()) {
      case NO -> {
        if (query.from() instanceof ReadQuery.From.Now) {
          now(journal, response);
        } else {
          send(journal, chunk(journal, from(query, journal)), query, request, response);
        }
      }
      case LONG_POLL -> longPoll(journal, query, request, response);
      case SSE -> events(journal, query, request, response);
      case RAW -> {
        response.type(RawEncoding.typeOf(journal));
        viewing.follow(journal, new Offset(from(query, journal)), RawEncoding.ALL, response);
      }
    }
  }

  // Where.

  private static long from(ReadQuery query, Journal journal) throws RequestException {
    return switch (query.from()) {
      case ReadQuery.From.Beginning() -> checked(Offset.ZERO, journal);
      case ReadQuery.From.Now() -> JsonLines.wholeEnd(journal);
      case ReadQuery.From.Kept() -> kept(journal);
      case ReadQuery.From.At(Offset offset, String of) -> {
        if (of != null && !of.equals(journal.id())) {
          throw new RequestException(
              410, "that offset is of another journal, which is gone; -1 begins this one");
        }
        yield checked(offset, journal);
      }
    };
  }

  /** The oldest byte, or message: where a journal begins it may be in the middle of one. */
  private static long kept(Journal journal) {
    long start = journal.start().position();
    if (start == 0 || ContentMode.of(journal.options().contentType()) != ContentMode.JSON) {
      return start;
    }
    long tail = journal.tail().position();
    long next = JsonLines.end(journal, start, tail, 1);
    return next < 0 ? tail : next;
  }

  private static long checked(Offset offset, Journal journal) throws RequestException {
    long from = offset.position();
    boolean over = journal.ending() != null; // before the tail, which is final after it
    Offset tail = journal.tail();
    if (from > tail.position()) {
      throw new RequestException(
          400, "offset: %s is past the end, which is %s".formatted(offset, tail));
    }
    if (from < journal.start().position()) {
      throw noLongerKept(journal);
    }
    boolean json = ContentMode.of(journal.options().contentType()) == ContentMode.JSON;
    int before = json ? JsonLines.before(journal, from) : '\n';
    if (before < 0) {
      throw noLongerKept(journal);
    }
    if (before != '\n' && !(over && from == tail.position())) {
      throw new RequestException(
          400, "offset: %s is within a message; use one that this server sent".formatted(offset));
    }
    return from;
  }

  private static RequestException noLongerKept(Journal journal) {
    if (journal.deleted()) {
      return new RequestException(404, "the journal was deleted");
    }
    return new RequestException(
        410,
        "the bytes before %s are no longer kept; ask for ?offset=%s"
            .formatted(journal.start(), new Offset(kept(journal))));
  }

  // What is there.

  private static void now(Journal journal, Response response) throws IOException {
    boolean closed = journal.ending() != null; // before the tail, which is final after it
    long end = JsonLines.wholeEnd(journal);
    var nothing = new Chunk(end, end, true, closed);
    response.type(journal.options().contentType()).header("Cache-Control", "no-store");
    describe(nothing, response);
    new ChunkBody(journal, nothing).write(response);
  }

  private static Chunk chunk(Journal journal, long from) throws RequestException {
    Chunk chunk = Chunk.of(journal, from);
    if (chunk.isEmpty() && from < journal.tail().position()) {
      long next = journal.readableFrom(from); // a message that is not whole, or damage
      if (next > from) {
        throw new RequestException(
            410,
            "the bytes from %s to %s cannot be read any more"
                .formatted(new Offset(from), new Offset(next)));
      }
    }
    return chunk;
  }

  private static void send(
      Journal journal, Chunk chunk, ReadQuery query, Request request, Response response)
      throws IOException {
    describe(chunk, response);
    if (query.isFixed()) {
      String tag = EntityTag.of(journal, chunk.from(), chunk.to(), chunk.closed());
      response.header("ETag", tag).header("Cache-Control", cacheControl(journal, chunk));
      if (EntityTag.matches(tag, request.headers().all("If-None-Match"))) {
        response.status(304);
        return;
      }
    } else {
      response.header("Cache-Control", "no-store");
    }
    response.type(journal.options().contentType());
    new ChunkBody(journal, chunk).write(response);
  }

  private static void describe(Chunk chunk, Response response) {
    StreamAnswer.next(new Offset(chunk.to()), response);
    StreamAnswer.upToDate(chunk.upToDate(), response);
    StreamAnswer.closed(chunk.closed(), response);
  }

  /** Bytes never change, but a journal may expire; and where it ends is not to be remembered. */
  private static String cacheControl(Journal journal, Chunk chunk) {
    if (chunk.isEmpty() && !chunk.closed()) {
      return "no-cache";
    }
    Duration left =
        switch (journal.options().expiry()) {
          case Expiry.Never() -> CACHED_MAX;
          case Expiry.Unused(Duration time) -> time;
          case Expiry.At(Instant time) -> Duration.between(Instant.now(), time);
        };
    long seconds = Math.clamp(left.toSeconds(), 0, CACHED_MAX.toSeconds());
    return seconds == CACHED_MAX.toSeconds()
        ? "public, max-age=60, stale-while-revalidate=300"
        : "public, max-age=" + seconds;
  }

  // What comes.

  private void longPoll(Journal journal, ReadQuery query, Request request, Response response)
      throws IOException {
    long from = from(query, journal);
    long deadline = waits.deadline();
    Chunk chunk;
    while (true) {
      long seen = journal.tail().position(); // before the chunk: what comes then ends the wait
      chunk = chunk(journal, from);
      if (!chunk.isEmpty() || chunk.closed() || !waits.awaitBeyond(journal, seen, deadline)) {
        break;
      }
      if (journal.deleted()) {
        throw new RequestException(404, "the journal was deleted");
      }
      if (journal.abandoned() && journal.tail().position() == seen) {
        throw new RequestException( // where others are cut; an empty answer would be one for ever
            503, "whoever wrote this journal is gone and has not closed it; more may never come");
      }
    }
    if (!chunk.closed()) {
      response.header("Stream-Cursor", Long.toString(Cursor.after(query.cursor(), Instant.now())));
    }
    if (chunk.isEmpty()) {
      response.status(204).header("Cache-Control", "no-store");
      describe(chunk, response);
    } else {
      send(journal, chunk, query, request, response);
    }
  }

  private void events(Journal journal, ReadQuery query, Request request, Response response)
      throws IOException {
    String lastEventId = request.header("Last-Event-ID");
    boolean returns = lastEventId != null && !lastEventId.isEmpty();
    Start start =
        returns
            ? Start.of(request, journal)
            : new Start(new Offset(from(query, journal)), null, false);
    boolean restarts = start.goneJournal() != null;
    long from = restarts ? kept(journal) : checked(start.from(), journal);
    boolean over = journal.ending() != null; // before the tail, which is final after it
    boolean atTail = from == JsonLines.wholeEnd(journal);
    if (start.resumed() && over && atTail) {
      response.header("Cache-Control", "no-store");
      response.status(204); // which a browser's EventSource takes for the end
      return;
    }
    var encoding =
        StreamEncoding.of(
            journal, Cursor.after(query.cursor(), Instant.now()), options.sseReconnectInterval());
    if (encoding.isBase64()) {
      response.header("Stream-SSE-Data-Encoding", "base64");
    }
    encoding = restarts ? encoding.afterRestart() : encoding;
    encoding = atTail && !over ? encoding.upToDateAt(from) : encoding;
    viewing.follow(journal, new Offset(from), encoding, response);
  }
}
