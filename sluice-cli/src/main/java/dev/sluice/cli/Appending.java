package dev.sluice.cli;

import dev.sluice.cli.Batches.Batch;
import dev.sluice.journal.ProducerSequence;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One writer of a journal: what it appends gets in once, in its order, however often the server
 * goes and comes back (Durable Streams, idempotent producers). One request is under way at a time.
 *
 * <p>Thread safety: none.
 */
final class Appending {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");

  private final StreamUrl url;
  private final boolean json;
  private final JournalClient client;
  private final Retry retry;
  private final Duration patience;
  private ProducerSequence next;
  private URI stream;
  private String type = MediaType.PLAIN_TEXT;
  private boolean begun;
  private boolean fenced;
  private long countIn;

  /**
   * A new writer.
   *
   * @param json whether its input is lines of JSON
   * @param patience how long the server may be gone
   * @param first what its first append is called
   */
  Appending(
      StreamUrl url,
      boolean json,
      JournalClient client,
      Retry retry,
      Duration patience,
      ProducerSequence first) {
    this.url = url;
    this.json = json;
    this.stream = url.given();
    this.client = client;
    this.retry = retry;
    this.patience = patience;
    this.next = first;
  }

  /**
   * Creates the journal, or finds it.
   *
   * @param wanted its media type; null for that which it has, or else for what is usual
   */
  void begin(@Nullable String wanted) throws CliException, InterruptedException {
    String usual = json ? MediaType.JSON : MediaType.PLAIN_TEXT;
    String ours = wanted == null ? usual : wanted;
    Answer answer = create(ours);
    switch (answer.status()) {
      case 200, 201 -> type = asTold(answer, ours);
      case 409 -> find(wanted);
      case 404, 405, 501 ->
          throw failure("takes no appends; sluice serve does, at http://HOST:PORT/NAME");
      case 410 -> throw failure("was deleted; append to another name");
      default -> throw failure(reason(answer));
    }
  }

  /** It may be there with other parameters, which some servers compare. */
  private static String asTold(Answer answer, String ours) {
    String told = answer.header("Content-Type");
    return MediaType.essence(told).equals(MediaType.essence(ours)) ? told : ours;
  }

  /** Where the server has streams. */
  private Answer create(String type) throws CliException, InterruptedException {
    List<URI> places = new Locator(url, client, retry, patience).places();
    Answer answer = null;
    for (URI place : places) {
      stream = place;
      answer = answer(() -> client.create(place, type));
      if (answer.status() != 404 && answer.status() != 405 && answer.status() != 501) {
        break;
      }
    }
    return Objects.requireNonNull(answer);
  }

  /** It is there, and is not what would have been created. */
  private void find(@Nullable String wanted) throws CliException, InterruptedException {
    Answer found = answer(() -> client.head(stream));
    if (found.status() != 200) {
      throw refusal(found);
    }
    if (found.saysClosed()) {
      throw failure("is closed; append to another name");
    }
    type = found.header("Content-Type");
    String essence = MediaType.essence(type);
    if (wanted != null && !MediaType.essence(wanted).equals(essence)) {
      throw failure("is %s already; leave --type out, or use another name".formatted(type));
    }
    if (json && !MediaType.isJson(type)) {
      throw failure("is %s already; leave --json out, or use another name".formatted(type));
    }
    if (!json && MediaType.isJson(type)) {
      throw failure("is a stream of JSON; append lines of JSON with --json");
    }
  }

  /** Appends. */
  void append(Batch batch) throws CliException, InterruptedException {
    send(() -> client.append(stream, batch.bytes(), type, next));
    countIn += batch.count();
  }

  /** Closes the journal. */
  void close() throws CliException, InterruptedException {
    send(() -> client.close(stream, next));
  }

  private void send(Retry.Attempt attempt) throws CliException, InterruptedException {
    begun = true;
    Answer answer = answer(attempt);
    if (answer.status() == 403 && next.sequence() == 0 && !fenced) {
      fenced = true;
      next = new ProducerSequence(next.id(), number(answer, "Producer-Epoch") + 1, 0);
      answer = answer(attempt);
    }
    if (answer.status() != 200 && answer.status() != 204) {
      throw refusal(answer);
    }
    next = new ProducerSequence(next.id(), next.epoch(), next.sequence() + 1);
  }

  private Answer answer(Retry.Attempt attempt) throws CliException, InterruptedException {
    try {
      Answer answer = retry.answer(attempt, patience);
      retry.succeeded();
      return answer;
    } catch (CliException e) {
      String more = begun ? soFar() + ", and perhaps more" : "";
      throw new CliException(e.status(), e.getMessage() + more, e);
    }
  }

  private long number(Answer answer, String header) throws CliException {
    String text = answer.header(header);
    if (!NUMBER.matcher(text).matches()) {
      throw refusal(answer);
    }
    return Long.parseLong(text);
  }

  private CliException refusal(Answer answer) {
    if (answer.saysClosed()) {
      return failure("is closed; append the rest to another name");
    }
    boolean fencedOff = answer.status() == 403 && !answer.header("Producer-Epoch").isEmpty();
    boolean gap = !answer.header("Producer-Expected-Seq").isEmpty();
    return failure(
        switch (answer.status()) {
          case 404, 410 -> "has been deleted";
          case 405, 501 -> "takes no appends: " + answer.reason();
          default ->
              fencedOff
                  ? "another append with this --producer has taken over"
                  : gap ? "has lost what this append had put in" : reason(answer);
        });
  }

  private static String reason(Answer answer) {
    String elsewhere = answer.header("Location");
    return answer.status() / 100 == 3 && !elsewhere.isEmpty()
        ? "is somewhere else; append to " + elsewhere
        : answer.reason();
  }

  private CliException failure(String why) {
    return new CliException(ExitStatus.FAILED, url + ": " + why + (begun ? soFar() : ""));
  }

  /** What has become of the input. */
  private String soFar() {
    return "; of the input the first " + countIn + (json ? " lines" : " bytes") + " are in it";
  }
}
