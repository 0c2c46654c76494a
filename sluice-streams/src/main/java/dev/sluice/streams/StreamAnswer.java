package dev.sluice.streams;

import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.journal.Append;
import dev.sluice.journal.AppendResult;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.journal.ProducerSequence;
import java.io.IOException;
import java.util.List;

/** Says in HTTP what became of an append (Durable Streams, section 5.2). */
final class StreamAnswer {
  private StreamAnswer() {}

  /** Answers one. */
  static void of(AppendResult result, Append append, Journal journal, Response response)
      throws IOException {
    switch (result) {
      case AppendResult.Appended(Offset tail) -> appended(tail, append, response);
      case AppendResult.Duplicate(Offset tail, long sequence) -> {
        closed(journal.ending() != null, response);
        accepted(204, tail, append, sequence, response);
      }
      case AppendResult.Closed(Offset tail) -> onClosed(tail, append, response);
      case AppendResult.Deleted() -> refuse(response, 404, "there is no such journal");
      case AppendResult.TailMoved(Offset tail) -> {
        next(tail, response);
        refuse(response, 412, StreamHeaders.EXPECTED_OFFSET + ": the journal ends at " + tail);
      }
      case AppendResult.StaleEpoch(long epoch) -> {
        response.header(ProducerHeaders.EPOCH, Long.toString(epoch));
        refuse(
            response,
            403,
            "this producer is at epoch %d now; a later one may go on".formatted(epoch));
      }
      case AppendResult.SequenceGap gap -> onGap(gap, response);
      case AppendResult.SequenceRegression _ ->
          refuse(response, 409, "Stream-Seq: sequence conflict, it is not above the last one");
    }
  }

  private static void appended(Offset tail, Append append, Response response) {
    ProducerSequence producer = append.producer();
    closed(append.ending() != null, response);
    if (producer == null) {
      next(tail, response.status(204));
    } else {
      accepted(append.length() > 0 ? 200 : 204, tail, append, producer.sequence(), response);
    }
  }

  private static void accepted(
      int status, Offset tail, Append append, long sequence, Response response) {
    next(tail, response.status(status));
    ProducerSequence producer = append.producer();
    if (producer != null) {
      response.header(ProducerHeaders.EPOCH, Long.toString(producer.epoch()));
      response.header(ProducerHeaders.SEQUENCE, Long.toString(sequence));
    }
  }

  /** To close again what is closed is no fault, unless it was meant for another end. */
  private static void onClosed(Offset tail, Append append, Response response) throws IOException {
    closed(true, response);
    next(tail, response);
    Offset expected = append.expectedTail();
    boolean closesOnly = append.length() == 0 && append.producer() == null;
    if (closesOnly && (expected == null || expected.equals(tail))) {
      response.status(204);
    } else {
      refuse(response, 409, "the journal is closed");
    }
  }

  private static void onGap(AppendResult.SequenceGap gap, Response response) throws IOException {
    if (gap.newEpoch()) {
      refuse(response, 400, ProducerHeaders.SEQUENCE + ": a new epoch begins at 0");
      return;
    }
    response.header(ProducerHeaders.EXPECTED, Long.toString(gap.expected()));
    response.header(ProducerHeaders.RECEIVED, Long.toString(gap.received()));
    refuse(
        response,
        409,
        "%s: %d is expected, not %d"
            .formatted(ProducerHeaders.SEQUENCE, gap.expected(), gap.received()));
  }

  /** Says what a journal is. */
  static void describe(Journal journal, Response response) {
    response.type(journal.options().contentType());
    response.header("Sluice-Journal", journal.id());
    closed(journal.ending() != null, response);
    next(new Offset(JsonLines.wholeEnd(journal)), response);
  }

  static void next(Offset tail, Response response) {
    response.header(StreamHeaders.NEXT_OFFSET, tail.toString());
  }

  static void upToDate(boolean is, Response response) {
    if (is) {
      response.header("Stream-Up-To-Date", "true");
    }
  }

  static void closed(boolean is, Response response) {
    if (is) {
      response.header(StreamHeaders.CLOSED, "true");
    }
  }

  /** Sets what every answer says to browsers, refusals too (section 12.7). */
  static void protect(Response response) {
    response.header("X-Content-Type-Options", "nosniff");
    response.header("Cross-Origin-Resource-Policy", "same-origin");
  }

  /** Answers with a line that says what is wrong with a request. */
  static void refuse(Response response, RequestException fault) throws IOException {
    if (fault.status() == 503) {
      response.header("Retry-After", "1");
    }
    refuse(response, fault.status(), String.valueOf(fault.getMessage()));
  }

  /** Answers with a line that says why. */
  static void refuse(Response response, int status, String why) throws IOException {
    for (String field : List.of("Content-Length", "Content-Location", "ETag")) {
      response.headers().remove(field); // of what was to be sent
    }
    response.status(status).type("text/plain; charset=utf-8").header("Cache-Control", "no-store");
    response.write(why.replaceAll("\\p{Cntrl}", "?") + "\n");
  }
}
