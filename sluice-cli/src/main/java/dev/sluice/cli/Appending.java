package dev.sluice.cli;

import dev.sluice.journal.ProducerSequence;
import java.time.Duration;
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

  private final JournalUrl url;
  private final JournalClient client;
  private final Retry retry;
  private final Duration patience;
  private ProducerSequence next;
  private String type = MediaType.PLAIN_TEXT;
  private boolean begun;
  private boolean fenced;
  private long bytesIn;

  /**
   * A new writer.
   *
   * @param patience how long the server may be gone
   * @param first what its first append is called
   */
  Appending(
      JournalUrl url,
      JournalClient client,
      Retry retry,
      Duration patience,
      ProducerSequence first) {
    this.url = url;
    this.client = client;
    this.retry = retry;
    this.patience = patience;
    this.next = first;
  }

  /**
   * Creates the journal, or finds it.
   *
   * @param wanted its media type; null for that which it has, or plain text
   */
  void begin(@Nullable String wanted) throws CliException, InterruptedException {
    String ours = wanted == null ? MediaType.PLAIN_TEXT : wanted;
    Answer answer = answer(() -> client.create(ours));
    switch (answer.status()) {
      case 200, 201 -> type = ours;
      case 409 -> find(wanted);
      case 404, 405 ->
          throw failure("takes no appends; sluice serve does, at http://HOST:PORT/NAME");
      default -> throw failure(answer.reason());
    }
  }

  /** It is there, and is not what would have been created. */
  private void find(@Nullable String wanted) throws CliException, InterruptedException {
    Answer found = answer(client::head);
    if (found.status() != 200) {
      throw refusal(found);
    }
    if (found.saysClosed()) {
      throw failure("is closed; append to another name");
    }
    type = found.header("Content-Type");
    if (wanted != null && !wanted.equals(type)) {
      throw failure("is %s already; leave --type out, or use another name".formatted(type));
    }
  }

  /** Appends. */
  void append(byte[] batch) throws CliException, InterruptedException {
    send(() -> client.append(batch, type, next));
    bytesIn += batch.length;
  }

  /** Closes the journal. */
  void close() throws CliException, InterruptedException {
    send(() -> client.close(next));
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
    boolean gap = !answer.header("Producer-Expected-Seq").isEmpty();
    return failure(
        switch (answer.status()) {
          case 403 -> "another append with this --producer has taken over";
          case 404 -> "has been deleted";
          default -> gap ? "has lost what this append had put in" : answer.reason();
        });
  }

  private CliException failure(String why) {
    return new CliException(ExitStatus.FAILED, url + ": " + why + (begun ? soFar() : ""));
  }

  /** What has become of the input. */
  private String soFar() {
    return "; of the input the first " + bytesIn + " bytes are in it";
  }
}
