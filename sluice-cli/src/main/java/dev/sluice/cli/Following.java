package dev.sluice.cli;

import dev.sluice.journal.Offset;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a journal of ours as it is, from an offset to its end. After a cut it goes on
 * behind the last byte that it has written: it knows where it began, and each byte is one.
 *
 * <p>Thread safety: none.
 */
final class Following {
  private static final int FRUITLESS_MAX = 5;
  private static final Pattern KEPT = Pattern.compile("offset=([0-9]{16}_[0-9]{16})");

  private enum Stop {
    /** The journal is closed, or no more of it is wanted. */
    END,
    /** The connection is. */
    CUT
  }

  private final StreamUrl url;
  private final URI stream;
  private final URI raw;
  private final JournalClient client;
  private final Retry retry;
  private final @Nullable Duration patience;
  private final Destination destination;
  private final byte[] buffer = new byte[64 * 1024];

  private String identity = "";
  private int fruitless;
  private long position;
  private long end = Long.MAX_VALUE;

  /**
   * A new reader.
   *
   * @param patience how long the server may be gone; null: for ever
   */
  Following(
      StreamUrl url,
      Located located,
      JournalClient client,
      Retry retry,
      @Nullable Duration patience,
      Destination destination) {
    this.url = url;
    this.stream = located.stream();
    this.raw = Objects.requireNonNull(located.raw());
    this.client = client;
    this.retry = retry;
    this.patience = patience;
    this.destination = destination;
  }

  /**
   * Writes what there is and what comes, until the journal is closed.
   *
   * @param live whether to wait for what comes
   */
  void run(From from, boolean live) throws CliException, OutputClosed, InterruptedException {
    Offset start = start(from);
    if (start == null || !live) {
      Offset tail = tail();
      start = start == null ? tail : start;
      end = live ? end : tail.position();
    }
    position = start.position();
    if (position > end) {
      throw failure("%s is past the end, which is %s".formatted(start, new Offset(end)));
    }
    Stop stop = Stop.CUT;
    while (stop == Stop.CUT && position < end) {
      stop = copyOnce();
      if (stop == Stop.CUT) {
        checkProgress();
        retry.failed("the stream was cut", patience);
      }
    }
  }

  /** There; null is where it ends. */
  private @Nullable Offset start(From from) throws CliException {
    if (from.equals(From.NOW)) {
      return null;
    }
    try {
      return from.equals(From.START) ? Offset.ZERO : Offset.parse(from.offset());
    } catch (IllegalArgumentException e) {
      throw failure(
          "'%s' is no offset of it; write start, now, or one like %s"
              .formatted(from.offset(), Offset.ZERO));
    }
  }

  private Stop copyOnce() throws CliException, OutputClosed, InterruptedException {
    URI there = StreamUrl.with(raw, "offset", new Offset(position).toString());
    Answer answer = retry.answer(() -> client.get(there), patience);
    if (answer.status() != 200) {
      throw refusal(answer);
    }
    checkIdentity(answer);
    if (fruitless == 0) {
      retry.succeeded();
    }
    fruitless++;
    try (var watch = SilenceWatch.start(SilenceWatch.SILENCE, answer.body(), this::head)) {
      return copy(answer.body(), watch);
    }
  }

  private Answer head() throws IOException, InterruptedException {
    return client.head(stream);
  }

  private Stop copy(InputStream body, SilenceWatch watch) throws CliException, OutputClosed {
    while (position < end) {
      int count;
      try {
        count = body.read(buffer, 0, (int) Math.min(buffer.length, end - position));
      } catch (IOException e) {
        return Stop.CUT;
      }
      if (count < 0) {
        return watch.gone() ? Stop.CUT : Stop.END;
      }
      watch.heard();
      destination.write(buffer, 0, count, new Offset(position).toString());
      position += count;
      fruitless = 0;
      retry.succeeded();
    }
    return Stop.END;
  }

  /** A server that can never send what is next, because it is damaged, is not asked for ever. */
  private void checkProgress() throws CliException, InterruptedException {
    if (fruitless >= FRUITLESS_MAX && tail().position() > position) {
      throw failure("is cut at %s each time; the server says why".formatted(new Offset(position)));
    }
  }

  private Offset tail() throws CliException, InterruptedException {
    Answer answer = retry.answer(this::head, patience);
    if (answer.status() != 200) {
      throw answer.status() == 404 ? missing() : failure(answer.reason());
    }
    checkIdentity(answer);
    try {
      return Offset.parse(answer.header("Stream-Next-Offset"));
    } catch (IllegalArgumentException e) {
      throw failure("is no journal of Sluice: it has no Stream-Next-Offset");
    }
  }

  /** Bytes of another journal are not to be put behind those of the first. */
  private void checkIdentity(Answer answer) throws CliException {
    String now = answer.header("Sluice-Journal");
    if (now.isEmpty()) {
      throw failure("is no journal of Sluice; check the URL");
    }
    if (!identity.isEmpty() && !identity.equals(now)) {
      throw failure("was replaced by a new journal of this name; call cat again for that one");
    }
    identity = now;
  }

  private CliException refusal(Answer answer) throws CliException, InterruptedException {
    if (answer.status() == 404) {
      return missing();
    }
    if (!identity.isEmpty() && (answer.status() == 400 || answer.status() == 410)) {
      var _ = tail(); // an offset that is not there may be one of a journal that is gone
    }
    Matcher kept = KEPT.matcher(answer.text());
    if (answer.status() == 410 && kept.find()) {
      String until = kept.group(1);
      return failure(
          "the bytes from %s to %s are no longer kept; --from %s goes on behind them"
              .formatted(new Offset(position), until, until));
    }
    return failure(answer.reason());
  }

  private CliException missing() {
    return failure(identity.isEmpty() ? "there is no such journal" : "was deleted");
  }

  private CliException failure(String why) {
    return new CliException(ExitStatus.FAILED, url + ": " + why);
  }
}
