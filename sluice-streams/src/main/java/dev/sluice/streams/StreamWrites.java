package dev.sluice.streams;

import dev.sluice.Headers;
import dev.sluice.Request;
import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.journal.Append;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.Kind;
import dev.sluice.journal.Offset;
import dev.sluice.journal.ProducerSequence;
import java.io.IOException;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Creates journals, appends to them and closes them (Durable Streams, sections 5.1 to 5.3).
 *
 * <p>Thread safety: as a handler's. A POST blocks its thread until it is acknowledged.
 */
final class StreamWrites {
  private static final Pattern AUTHORITY =
      Pattern.compile("([A-Za-z0-9._~-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");

  private final JournalStore store;
  private final JournalOptions created;
  private final StreamForks forks;
  private final int bodyBytesMax;
  private final BodyBudget bodies;

  StreamWrites(JournalStore store, JournalOptions created, BodyBudget bodies) {
    this.store = store;
    this.created = created;
    this.forks = new StreamForks(store);
    this.bodies = bodies;
    this.bodyBytesMax = Math.min(store.limits().recordBytesMax(), bodies.bodyBytesMax());
  }

  // Creating.

  void create(Request request, Response response) throws IOException {
    String name = RequestedName.ofStream(request);
    Headers headers = request.headers();
    ForkHeaders fork = ForkHeaders.of(headers, StreamHandler.PATH);
    Journal source = fork == null ? null : forks.source(name, fork);
    JournalOptions options = options(headers, source);
    boolean closes = StreamHeaders.closes(headers);
    String sequence = StreamHeaders.sequence(headers);
    JournalStore.Opened opened;
    try (BodyBudget.Share share = bodies.share()) {
      byte[] body = RequestBytes.read(request, bodyBytesMax, share);
      byte[] bytes = body.length == 0 ? body : record(body, headers, options, share);
      boolean nothing = bytes.length == 0 && !closes;
      Append first =
          nothing
              ? null
              : Append.of(bytes)
                  .withEnding(closes ? Ending.PLAIN : null)
                  .withWriterSequence(sequence);
      opened =
          fork == null || source == null
              ? store.open(name, options, first)
              : forks.open(name, source, fork, options, first);
    }
    Journal journal = opened.journal();
    if (!opened.created() && !isSame(journal, options, closes, fork)) {
      StreamAnswer.refuse(
          response,
          409,
          "there is a journal of this name, of another type, expiry, state or origin");
      return;
    }
    if (opened.created()) {
      String scheme = request.secure() ? "https://" : "http://";
      response
          .status(201)
          .header("Location", scheme + authority(request) + StreamHandler.PATH + name);
    }
    StreamAnswer.describe(journal, response);
  }

  private JournalOptions options(Headers headers, @Nullable Journal source)
      throws RequestException {
    String type = StreamHeaders.contentType(headers);
    return source == null
        ? created
            .withContentType(type == null ? "application/octet-stream" : type)
            .withExpiry(ExpiryHeaders.of(headers))
        : StreamForks.options(source, type, ExpiryHeaders.of(headers));
  }

  /** Whether it is what a request asks for; the rest of its options no request can say. */
  private static boolean isSame(
      Journal journal, JournalOptions asked, boolean closed, @Nullable ForkHeaders fork) {
    JournalOptions has = journal.options();
    boolean sameOrigin =
        fork == null ? journal.origin() == null : StreamForks.isSame(journal, fork);
    return sameOrigin
        && StreamHeaders.sameType(has.contentType(), asked.contentType())
        && has.expiry().equals(asked.expiry())
        && (journal.ending() != null) == closed;
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

  // Appending.

  void append(Journal journal, Request request, Response response) throws IOException {
    journal.use();
    Headers headers = request.headers();
    ProducerSequence producer = ProducerHeaders.of(headers);
    String sequence = StreamHeaders.sequence(headers);
    Offset expected = StreamHeaders.expectedOffset(headers);
    boolean closes = StreamHeaders.closes(headers);
    try (BodyBudget.Share share = bodies.share()) {
      byte[] bytes = RequestBytes.read(request, bodyBytesMax, share);
      boolean closed = journal.ending() != null; // which is said first, whatever the bytes are
      if (bytes.length == 0 && !closes) {
        throw new RequestException(400, "nothing to append: the body is empty");
      }
      if (bytes.length > 0 && !closed) {
        checkType(headers, journal);
        bytes = record(bytes, headers, journal.options(), share);
        if (bytes.length == 0) {
          throw new RequestException(400, "nothing to append: the array is empty");
        }
      }
      Ending ending = closes ? Ending.PLAIN : null;
      Append append = // at once: this is done for every request
          new Append(
              Kind.STDOUT,
              Instant.now(),
              bytes,
              0,
              bytes.length,
              expected,
              producer,
              sequence,
              ending);
      StreamAnswer.of(journal.append(append), append, journal, response);
    }
  }

  private static void checkType(Headers headers, Journal journal) throws RequestException {
    String has = journal.options().contentType();
    if (has.equals(StreamHeaders.single(headers, "Content-Type"))) {
      return; // as nearly always
    }
    String type = StreamHeaders.contentType(headers);
    if (type == null) {
      throw new RequestException(400, "Content-Type: missing");
    }
    if (!StreamHeaders.sameType(has, type)) {
      throw new RequestException(409, "Content-Type: the journal's is " + has);
    }
  }

  /** What is appended for a body that has some bytes. */
  private static byte[] record(
      byte[] body, Headers headers, JournalOptions options, BodyBudget.Share share)
      throws IOException {
    StreamHeaders.checkPlain(headers);
    if (!JsonMessages.are(options.contentType())) {
      return body;
    }
    if (body.length > BodyBudget.FREE_BYTES) {
      share.take(body.length); // the lines are as many bytes once more
    }
    return JsonMessages.toLines(body);
  }
}
