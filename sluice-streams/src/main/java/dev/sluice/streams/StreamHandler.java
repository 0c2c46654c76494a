package dev.sluice.streams;

import dev.sluice.Handler;
import dev.sluice.Headers;
import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.Router;
import dev.sluice.journal.Append;
import dev.sluice.journal.DiskFullException;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimitException;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.Offset;
import dev.sluice.journal.ProducerSequence;
import dev.sluice.journal.StorageFailedException;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets clients create journals, append to them, close and delete them: {@code PUT}, {@code POST},
 * {@code HEAD} and {@code DELETE} of {@code /v1/stream/NAME} (the Durable Streams protocol).
 *
 * <p>The body of a POST is one record: all of it is appended, or nothing. It is acknowledged when
 * the journal has it, which for a durable one is when the disk has. {@code Producer-Id}, {@code
 * Producer-Epoch} and {@code Producer-Seq} make it happen once, however often it is sent; {@code
 * Stream-Expected-Offset} makes it happen only if the journal ends there (412 otherwise). What
 * exceeds a limit gets 413 or 507, and so does what finds no room on the disk; each with a line
 * that says why.
 *
 * <p>Who may write is for filters around it to decide: {@link dev.sluice.Filters#allowHosts} and
 * {@link dev.sluice.Filters#sameOriginWrites} keep web pages of others out.
 *
 * <p>Thread safety: as a handler's. A POST blocks its thread until it is acknowledged.
 */
public final class StreamHandler implements Handler {
  private static final String PATH = "/v1/stream/";
  private static final String ALLOW = "DELETE, HEAD, OPTIONS, POST, PUT";
  private static final Pattern AUTHORITY =
      Pattern.compile("([A-Za-z0-9._~-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");

  private final JournalStore store;
  private final JournalOptions created;
  private final int bodyBytesMax;
  private final BodyBudget bodies;

  /**
   * A handler.
   *
   * @param journals where journals are created
   * @param created what they have that a request does not say: all but content type and expiry
   */
  public StreamHandler(Journals journals, JournalOptions created) {
    this.store = journals.store();
    this.created = created;
    this.bodyBytesMax = store.limits().recordBytesMax();
    this.bodies = new BodyBudget(bodyBytesMax);
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
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
    try {
      switch (request.method()) {
        case "PUT" -> create(request, response);
        case "POST" -> append(request, response);
        case "HEAD" -> describe(request, response);
        case "DELETE" -> delete(request, response);
        case "OPTIONS" -> response.status(204).header("Allow", ALLOW);
        default -> {
          response.header("Allow", ALLOW);
          StreamAnswer.refuse(response, 405, "allowed are " + ALLOW);
        }
      }
    } catch (RequestException e) {
      StreamAnswer.refuse(response, e.status(), String.valueOf(e.getMessage()));
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

  private void create(Request request, Response response) throws IOException {
    String name = RequestedName.ofStream(request);
    Headers headers = request.headers();
    StreamHeaders.refuseUnsupported(headers);
    boolean closes = StreamHeaders.closes(headers);
    JournalOptions options = optionsOf(headers);
    JournalStore.Opened opened;
    try (BodyBudget.Share share = bodies.share()) {
      byte[] first = RequestBytes.read(request, bodyBytesMax, share);
      boolean empty = first.length == 0 && !closes;
      opened = store.open(name, options, empty ? null : appendOf(first, closes));
    }
    Journal journal = opened.journal();
    if (!opened.created() && !isSame(journal, options, closes)) {
      StreamAnswer.refuse(
          response, 409, "there is a journal of this name, of another type, expiry or state");
      return;
    }
    if (opened.created()) {
      response.status(201).header("Location", "http://" + authority(request) + PATH + name);
    }
    describe(journal, response);
  }

  private JournalOptions optionsOf(Headers headers) throws RequestException {
    String type = StreamHeaders.contentType(headers);
    return created
        .withContentType(type == null ? "application/octet-stream" : type)
        .withExpiry(ExpiryHeaders.of(headers));
  }

  /** Whether it is what a request asks for; the rest of its options no request can say. */
  private static boolean isSame(Journal journal, JournalOptions asked, boolean closed) {
    JournalOptions has = journal.options();
    return StreamHeaders.sameType(has.contentType(), asked.contentType())
        && has.expiry().equals(asked.expiry())
        && (journal.ending() != null) == closed;
  }

  private static Append appendOf(byte[] bytes, boolean closes) {
    return Append.of(bytes).withEnding(closes ? Ending.PLAIN : null);
  }

  private void append(Request request, Response response) throws IOException {
    Journal journal = find(request);
    journal.use();
    Headers headers = request.headers();
    StreamHeaders.refuseUnsupported(headers);
    ProducerSequence producer = ProducerHeaders.of(headers);
    Offset expected = StreamHeaders.expectedOffset(headers);
    boolean closes = StreamHeaders.closes(headers);
    try (BodyBudget.Share share = bodies.share()) {
      byte[] bytes = RequestBytes.read(request, bodyBytesMax, share);
      Append append = appendOf(bytes, closes).withProducer(producer).withExpectedTail(expected);
      append(append, journal, headers, response);
    }
  }

  private static void append(Append append, Journal journal, Headers headers, Response response)
      throws IOException {
    if (append.length() > 0) {
      String mismatch = mismatch(StreamHeaders.contentType(headers), journal);
      if (mismatch != null) {
        StreamAnswer.refuse(response, 409, mismatch);
        return;
      }
    } else if (append.ending() == null) {
      throw new RequestException(400, "nothing to append: the body is empty");
    }
    StreamAnswer.of(journal.append(append), append, journal, response);
  }

  /** Why bytes of a type cannot be appended, or null; that it is closed is said first, later. */
  private static @Nullable String mismatch(@Nullable String type, Journal journal)
      throws RequestException {
    if (type == null) {
      throw new RequestException(400, "Content-Type: missing");
    }
    String has = journal.options().contentType();
    return journal.ending() != null || StreamHeaders.sameType(has, type)
        ? null
        : "Content-Type: the journal's is " + has;
  }

  private void describe(Request request, Response response) throws IOException {
    Journal journal = find(request);
    ExpiryHeaders.put(journal.options().expiry(), response.headers());
    response.header("Cache-Control", "no-store");
    describe(journal, response);
  }

  private static void describe(Journal journal, Response response) {
    response.type(journal.options().contentType());
    response.header("Sluice-Journal", journal.id());
    StreamAnswer.closed(journal.ending() != null, response);
    StreamAnswer.next(journal.tail(), response);
  }

  private void delete(Request request, Response response) throws IOException {
    if (!store.delete(find(request))) {
      throw noSuchJournal();
    }
    response.status(204);
  }

  private Journal find(Request request) throws IOException {
    Journal journal = store.find(RequestedName.ofStream(request));
    if (journal == null) {
      throw noSuchJournal();
    }
    return journal;
  }

  private static RequestException noSuchJournal() {
    return new RequestException(404, "there is no such journal");
  }

  /** What the client calls this server, if that can be a part of a URL; otherwise its address. */
  private static String authority(Request request) {
    String host = request.header("Host");
    if (host != null && AUTHORITY.matcher(host).matches()) {
      return host;
    }
    var local = request.localAddress();
    String address = local.getAddress().getHostAddress();
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + local.getPort();
  }
}
