package dev.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The questions that one reader asks about one stream, until they are answered, and what of the
 * answers makes it go on or give up.
 *
 * <p>Thread safety: none.
 */
final class StreamReads {
  private static final int FRUITLESS_MAX = 5;

  private final StreamUrl url;
  private final URI stream;
  private final JournalClient client;
  private final Retry retry;
  private final @Nullable Duration patience;

  private String cursor = "";
  private String identity = "";
  private boolean begun;
  private int fruitless;
  private @Nullable Answer latest;

  /**
   * Those about a stream.
   *
   * @param patience how long the server may be gone; null: for ever
   */
  StreamReads(
      StreamUrl url, URI stream, JournalClient client, Retry retry, @Nullable Duration patience) {
    this.url = url;
    this.stream = stream;
    this.client = client;
    this.retry = retry;
    this.patience = patience;
  }

  /** Asks for what there is. */
  Answer get(String offset) throws CliException, InterruptedException {
    URI there = StreamUrl.with(stream, "offset", offset);
    return answer(() -> client.get(there));
  }

  /** Asks for what comes. */
  Answer live(Live live, String offset) throws CliException, InterruptedException {
    List<String> query = new ArrayList<>(); // in this order, for caches
    if (!cursor.isEmpty()) {
      query.addAll(List.of("cursor", cursor));
    }
    query.addAll(List.of("live", live.text(), "offset", offset));
    URI there = StreamUrl.with(stream, query.toArray(String[]::new));
    return answer(() -> client.poll(there, this::head));
  }

  /** Where it ends. */
  String tail() throws CliException, InterruptedException {
    Answer answer = answer(this::head);
    check(answer);
    String tail = answer.header("Stream-Next-Offset");
    if (tail.isEmpty()) {
      throw failure("is no stream: it has no Stream-Next-Offset");
    }
    return tail;
  }

  private Answer answer(Retry.Attempt attempt) throws CliException, InterruptedException {
    Answer answer = retry.answer(attempt, patience);
    latest = answer;
    return answer;
  }

  private Answer head() throws IOException, InterruptedException {
    return client.head(stream);
  }

  /** Watches an answer that is being read. */
  SilenceWatch watch(InputStream body) {
    return SilenceWatch.start(SilenceWatch.SILENCE, body, this::head);
  }

  /** Goes on only with an answer that has data of the same stream. */
  void check(Answer answer) throws CliException {
    if (answer.status() != 200) {
      throw refusal();
    }
    String now = answer.header("Sluice-Journal");
    if (begun && !now.equals(identity)) {
      throw replaced();
    }
    identity = now;
    begun = true;
    if (fruitless == 0) {
      retry.succeeded();
    }
  }

  /** An answer, or an event, has come to its end. */
  void reached(Control control, Delivery delivery) throws CliException {
    String next = control.nextOffset();
    String before = delivery.offset();
    if (next.isEmpty()) {
      throw failure("is no stream: it has no Stream-Next-Offset");
    }
    boolean known = !before.equals(From.START.offset()) && !before.equals(From.NOW.offset());
    if (known && next.compareTo(before) < 0) {
      throw replaced();
    }
    if (!control.cursor().isEmpty()) {
      cursor = control.cursor();
    }
    if (delivery.isAhead() && (control.upToDate() || control.closed())) {
      throw failure("has lost some of what it had sent behind " + before);
    }
    delivery.reached(next);
  }

  /** There was something new. */
  void fruitful() {
    fruitless = 0;
    retry.succeeded();
  }

  /** The connection was cut; waits until it is time to ask again. */
  void cut(Delivery delivery) throws CliException, InterruptedException {
    if (delivery.advanced()) {
      fruitful();
    }
    fruitless++;
    if (fruitless >= FRUITLESS_MAX && !tail().equals(delivery.offset())) {
      throw failure("is cut at %s each time; the server says why".formatted(delivery.offset()));
    }
    retry.failed("the stream was cut", patience);
  }

  /** Why the latest answer is none to go on with. */
  CliException refusal() {
    Answer answer = latest;
    if (answer == null) {
      return failure("has not answered");
    }
    return switch (answer.status()) {
      case 200 -> failure("sends no events that keep its bytes; leave --live out");
      case 404 -> failure(begun ? "was deleted" : "there is no such journal");
      case 410 ->
          failure("what comes next is no longer kept, or it was deleted: " + answer.reason());
      default -> failure(answer.reason());
    };
  }

  private CliException replaced() {
    return failure("was replaced by a new journal of this name; call cat again for that one");
  }

  /** Something that cannot be gone on with. */
  CliException failure(String why) {
    return new CliException(ExitStatus.FAILED, url + ": " + why);
  }
}
