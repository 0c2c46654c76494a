package dev.sluice.streams;

import dev.sluice.Encoding;
import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.Router;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets clients follow journals: {@code GET /NAME}.
 *
 * <p>As what is chosen by {@code ?as=html|raw|sse|ndjson}, or else by {@code Accept}; where it
 * begins by {@code Last-Event-ID}, or else by {@code ?offset=OFFSET|-1|now|kept}; {@code
 * ?only=stdout|stderr} leaves the other kind out. A request that asks for what cannot be gets a
 * status and a line that says why: 400 for what is malformed or past the end, 404, 410 for what is
 * no longer kept and cannot be told as a gap.
 *
 * <p>It must be routed by a pattern that ends in <code>{name...}</code>, as {@link #addTo} does.
 *
 * <p>Thread safety: as a handler's.
 */
public final class JournalHandler implements Handler {
  private final Journals journals;
  private final Viewing viewing;

  /**
   * A handler.
   *
   * @param journals what is there to be followed
   * @param onViewers told how many viewers a journal has when that changes, on any thread; it must
   *     not block. Changes at the same time may be told in any order: {@link Journals#viewers} has
   *     the last word
   */
  public JournalHandler(Journals journals, ObjIntConsumer<Journal> onViewers) {
    this.journals = journals;
    this.viewing = new Viewing(journals, onViewers);
  }

  /**
   * Adds the routes of all journals to a router, those of the page's files, and {@code /}: with one
   * journal that journal, with several a list.
   *
   * @return the router
   */
  public Router addTo(Router router) {
    return Assets.addTo(router).get("/", this::handleRoot).get("/{name...}", this);
  }

  @Override
  public void handle(Request request, Response response) throws IOException {
    StreamAnswer.protect(response);
    try {
      if (RequestedName.hasEncodedSlash(request.path())) {
        throw noSuchJournal();
      }
      answer(find(request.parameter("name")), request, response);
    } catch (RequestException e) {
      StreamAnswer.refuse(response, e);
    }
  }

  private void handleRoot(Request request, Response response) throws IOException {
    StreamAnswer.protect(response);
    try {
      answerRoot(request, response);
    } catch (RequestException e) {
      StreamAnswer.refuse(response, e);
    }
  }

  /** One journal is its own index. */
  private void answerRoot(Request request, Response response) throws IOException {
    List<String> names = journals.names();
    if (names.size() == 1) {
      response.header("Content-Location", "/" + names.getFirst());
      answer(find(names.getFirst()), request, response);
      return;
    }
    response.headers().add("Vary", "Accept");
    if (Representation.of(request) == Representation.HTML) {
      Pages.index(names, response);
    } else {
      Pages.plainIndex(names, response);
    }
  }

  private void answer(Journal journal, Request request, Response response) throws IOException {
    Representation as = Representation.of(request);
    Kind only = only(request);
    Start start = Start.of(request, journal);
    response.headers().add("Vary", "Accept");
    response.header("Sluice-Journal", journal.id());
    if (!request.method().equals("HEAD")) {
      journal.use();
    }
    switch (as) {
      case HTML -> Pages.watch(journal, response);
      case RAW -> {
        checkSame(start, journal);
        checkKept(start.from(), journal);
        response.type(RawEncoding.typeOf(journal));
        response.header("Content-Security-Policy", "sandbox"); // it may be a page of anybody's
        follow(journal, start, new RawEncoding(only), response);
      }
      case SSE -> {
        if (start.resumed() && isOver(journal, start.from())) {
          response.status(204);
        } else {
          boolean restarted = start.goneJournal() != null;
          follow(journal, start, new SseEncoding(only, restarted), response);
        }
      }
      case NDJSON -> {
        checkSame(start, journal);
        follow(journal, start, new NdjsonEncoding(only), response);
      }
    }
  }

  private Journal find(String name) throws IOException {
    Journal journal = journals.find(name);
    if (journal == null || journal.deleted()) {
      throw noSuchJournal();
    }
    return journal;
  }

  private static RequestException noSuchJournal() {
    return new RequestException(404, "there is no such journal");
  }

  private static @Nullable Kind only(Request request) throws IOException {
    return switch (request.query("only")) {
      case null -> null;
      case "stdout" -> Kind.STDOUT;
      case "stderr" -> Kind.STDERR;
      default -> throw new RequestException(400, "only: unknown; use stdout or stderr");
    };
  }

  /** An encoding that cannot tell of a restart must not splice two journals together. */
  private static void checkSame(Start start, Journal journal) throws RequestException {
    String gone = start.goneJournal();
    if (gone != null) {
      throw new RequestException(
          410,
          "Last-Event-ID: journal %s is gone; this is %s: ask without, for all of it"
              .formatted(gone, journal.id()));
    }
  }

  private static void checkKept(Offset from, Journal journal) throws RequestException {
    Offset kept = journal.start();
    if (from.compareTo(kept) < 0) {
      throw new RequestException(
          410, "the bytes before %s are no longer kept; ask for ?offset=%s".formatted(kept, kept));
    }
  }

  private static boolean isOver(Journal journal, Offset from) {
    return journal.ending() != null && from.equals(journal.tail());
  }

  private void follow(Journal journal, Start start, Encoding encoding, Response response)
      throws IOException {
    viewing.follow(journal, start.from(), encoding, response);
  }
}
