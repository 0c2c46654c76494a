package dev.sluice.cli;

import dev.sluice.journal.Offset;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a journal, from an offset to its end. After a cut it goes on behind the last byte
 * that it has written: it knows where it began, and each byte is one.
 *
 * <p>Thread safety: none.
 */
final class Following {
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(10);
  private static final int FRUITLESS_MAX = 5;
  private static final Pattern KEPT = Pattern.compile("offset=([0-9]{16}_[0-9]{16})");

  private enum Stop {
    /** The journal is closed, or no more of it is wanted. */
    END,
    /** The connection is. */
    CUT,
    /** Nobody takes it. */
    OUTPUT_CLOSED
  }

  private final JournalUrl url;
  private final JournalClient client;
  private final Retry retry;
  private final @Nullable Duration givenPatience;
  private final Progress progress;
  private final OutputStream out;
  private final byte[] buffer = new byte[64 * 1024];

  private String identity = "";
  private boolean worked;
  private int fruitless;
  private long position;
  private long end = Long.MAX_VALUE;

  /**
   * A new reader.
   *
   * @param patience how long the server may be gone; null: for ever, once it was there
   */
  Following(
      JournalUrl url,
      JournalClient client,
      Retry retry,
      @Nullable Duration patience,
      Progress progress,
      OutputStream out) {
    this.url = url;
    this.client = client;
    this.retry = retry;
    this.givenPatience = patience;
    this.progress = progress;
    this.out = out;
  }

  /**
   * Writes what there is and what comes, until the journal is closed, or until nobody takes it.
   *
   * @param live whether to wait for what comes
   */
  void run(From from, boolean live) throws CliException, InterruptedException {
    Offset start = from.offset();
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
        retry.failed("the stream was cut", patience());
      }
    }
  }

  private Stop copyOnce() throws CliException, InterruptedException {
    Answer answer = ask(() -> client.follow(new Offset(position)));
    if (answer.status() != 200) {
      throw refusal(answer);
    }
    checkIdentity(answer);
    if (fruitless == 0) {
      retry.succeeded();
    }
    fruitless++;
    try (var watch = SilenceWatch.start(SilenceWatch.SILENCE, answer.body(), client::head)) {
      return copy(answer.body(), watch);
    }
  }

  private Stop copy(InputStream body, SilenceWatch watch) throws CliException {
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
      if (!write(count)) {
        return Stop.OUTPUT_CLOSED;
      }
      position += count;
      progress.add(count);
      fruitless = 0;
      retry.succeeded();
    }
    return Stop.END;
  }

  /** Whether somebody takes it. */
  private boolean write(int count) throws CliException {
    try {
      out.write(buffer, 0, count);
      return true;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe")) {
        return false;
      }
      throw new CliException(
          ExitStatus.FAILED,
          "standard output: %s; the rest is there with --from %s"
              .formatted(e.getMessage(), new Offset(position)),
          e);
    }
  }

  /** A server that can never send what is next, because it is damaged, is not asked for ever. */
  private void checkProgress() throws CliException, InterruptedException {
    if (fruitless >= FRUITLESS_MAX && tail().position() > position) {
      throw failure("is cut at %s each time; the server says why".formatted(new Offset(position)));
    }
  }

  private Offset tail() throws CliException, InterruptedException {
    Answer answer = ask(client::head);
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

  private Answer ask(Retry.Attempt attempt) throws CliException, InterruptedException {
    Answer answer = retry.answer(attempt, patience());
    worked = true;
    return answer;
  }

  private @Nullable Duration patience() {
    return givenPatience == null && !worked ? FIRST_PATIENCE : givenPatience;
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
