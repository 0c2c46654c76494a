package dev.sluice.streams;

import dev.sluice.Handler;
import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.Router;
import dev.sluice.journal.DiskFullException;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalGoneException;
import dev.sluice.journal.JournalLimitException;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.StorageFailedException;
import java.io.IOException;

/**
 * The Durable Streams protocol: {@code /v1/stream/NAME}. Clients of it create journals, append to
 * them, close and delete them, read what is there, and follow what comes.
 *
 * <p>The body of a POST is one record: all of it is appended, or nothing. It is acknowledged when
 * the journal has it, which for a durable one is when the disk has. {@code Producer-Id}, {@code
 * Producer-Epoch} and {@code Producer-Seq} make it happen once, however often it is sent; {@code
 * Stream-Seq} only if it is greater than any before it in this journal, whoever sent that; {@code
 * Stream-Expected-Offset}, an addition of ours, only if the journal ends there (412 otherwise).
 * What exceeds a limit gets 413 or 507, and so does what finds no room on the disk; each with a
 * line that says why.
 *
 * <p>A GET answers with a chunk; with {@code ?live=long-poll} it waits for one, with {@code
 * ?live=sse} it goes on as server-sent events, with {@code ?live=raw}, an addition of ours, as the
 * bytes are.
 *
 * <p>Who may write is for filters around it to decide: {@link dev.sluice.Filters#allowHosts} and
 * {@link dev.sluice.Filters#sameOriginWrites} keep web pages of others out.
 *
 * <p>Thread safety: as a handler's. A POST blocks its thread until it is acknowledged, a long-poll
 * until there is something.
 */
public final class StreamHandler implements Handler {
  static final String PATH = "/v1/stream/";

  private static final String READS = "GET, HEAD, OPTIONS";
  private static final String ALL = "DELETE, GET, HEAD, OPTIONS, POST, PUT";

  /** What a script of another origin may send, if it may send anything. */
  private static final String REQUEST_HEADERS =
      "Authorization, Content-Type, If-None-Match, Last-Event-ID, Producer-Epoch, Producer-Id,"
          + " Producer-Seq, Stream-Closed, Stream-Expected-Offset, Stream-Expires-At,"
          + " Stream-Fork-Offset, Stream-Fork-Sub-Offset, Stream-Forked-From, Stream-Seq,"
          + " Stream-TTL";

  private final JournalStore store;
  private final boolean writable;
  private final StreamReads reads;
  private final StreamWrites writes;

  /** A handler of all that clients may do with the journals of a store. */
  public StreamHandler(Journals journals, StreamOptions options) {
    this(journals, options, new BodyBudget(), true);
  }

  StreamHandler(Journals journals, StreamOptions options, BodyBudget bodies, boolean writable) {
    this.store = journals.store();
    this.writable = writable;
    this.reads = new StreamReads(journals, options);
    this.writes = new StreamWrites(store, options.created(), bodies);
  }

  /** A handler of reads alone: everything else gets 405. */
  public static StreamHandler readOnly(Journals journals, StreamOptions options) {
    return new StreamHandler(journals, options, new BodyBudget(), false);
  }

  /**
   * Adds the routes of all streams to a router.
   *
   * @return the router
   */
  public Router addTo(Router router) {
    return router.any(PATH + "{name...}", this);
  }

  @Override
  public void handle(Request request, Response response) throws IOException {
    StreamAnswer.protect(response);
    try {
      answer(request, response);
    } catch (RequestException e) {
      StreamAnswer.refuse(response, e);
    } catch (JournalGoneException e) {
      StreamAnswer.refuse(
          response, 409, "a journal of this name was deleted, and has forks: use another name");
    } catch (JournalLimitException e) {
      boolean tooLarge = e.limit() == JournalLimitException.Limit.RECORD_BYTES;
      StreamAnswer.refuse(response, tooLarge ? 413 : 507, String.valueOf(e.getMessage()));
    } catch (DiskFullException e) {
      response.header("Retry-After", "1");
      StreamAnswer.refuse(response, 507, "the disk is full; nothing was appended, try again later");
    } catch (StorageFailedException e) { // which file is not for everybody
      StreamAnswer.refuse(response, 507, "the disk has failed; whether it was appended is unknown");
    }
  }

  private void answer(Request request, Response response) throws IOException {
    switch (request.method()) {
      case "GET" -> reads.read(find(request), request, response);
      case "HEAD" -> describe(find(request), response);
      case "OPTIONS" -> options(response);
      case "PUT" -> {
        if (mayWrite(response)) {
          writes.create(request, response);
        }
      }
      case "POST" -> {
        if (mayWrite(response)) {
          writes.append(find(request), request, response);
        }
      }
      case "DELETE" -> {
        if (mayWrite(response)) {
          delete(request, response);
        }
      }
      default -> refuseMethod(response);
    }
  }

  private boolean mayWrite(Response response) throws IOException {
    if (!writable) {
      refuseMethod(response);
    }
    return writable;
  }

  private void refuseMethod(Response response) throws IOException {
    response.header("Allow", methods());
    StreamAnswer.refuse(response, 405, "allowed are " + methods());
  }

  private String methods() {
    return writable ? ALL : READS;
  }

  /** Also what a preflight asks; whether the origin may do it is not said here. */
  private void options(Response response) {
    response.status(204).header("Allow", methods());
    response.header("Access-Control-Allow-Methods", methods());
    response.header("Access-Control-Allow-Headers", REQUEST_HEADERS);
  }

  private static void describe(Journal journal, Response response) {
    ExpiryHeaders.put(journal.options().expiry(), response.headers());
    response.header("Cache-Control", "no-store");
    StreamAnswer.describe(journal, response);
    long start = journal.start().position();
    new ChunkBody(journal, Chunk.of(journal, start)).declare(response); // as that of a GET
  }

  private void delete(Request request, Response response) throws IOException {
    if (!store.delete(find(request))) {
      throw missing(RequestedName.ofStream(request));
    }
    response.status(204);
  }

  private Journal find(Request request) throws IOException {
    String name = RequestedName.ofStream(request);
    Journal journal = store.find(name);
    if (journal == null) {
      throw missing(name);
    }
    return journal;
  }

  private RequestException missing(String name) throws IOException {
    return store.isGone(name)
        ? new RequestException(410, "the journal was deleted; forks of it go on")
        : new RequestException(404, "there is no such journal");
  }
}
