package dev.sluice.cli;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which stream a URL means. One that is not surely a stream's own is asked for: if there
 * is a stream, which {@code Stream-Next-Offset} tells, it is its own; otherwise it is short for the
 * one below {@code /v1/stream/}.
 *
 * <p>Thread safety: none.
 */
final class Locator {
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(10);

  private final StreamUrl url;
  private final JournalClient client;
  private final Retry retry;
  private final Duration patience;

  /**
   * A new one.
   *
   * @param patience how long the server may be gone; null for what is usual at first
   */
  Locator(StreamUrl url, JournalClient client, Retry retry, @Nullable Duration patience) {
    this.url = url;
    this.client = client;
    this.retry = retry;
    this.patience = patience == null ? FIRST_PATIENCE : patience;
  }

  /** The stream that is there to be read. */
  Located find() throws CliException, InterruptedException {
    Answer answer = ask();
    if (isStream(answer)) {
      URI raw = isOurs(answer) ? StreamUrl.with(url.given(), "live", "raw") : null;
      return new Located(url.given(), raw, answer.header("Content-Type"));
    }
    URI meant = url.meant();
    if (meant != null && answer.status() == 200 && isOurs(answer)) {
      URI raw = StreamUrl.with(url.given(), "as", "raw");
      return new Located(meant, raw, answer.header("Content-Type"));
    }
    if (meant != null && (answer.status() == 200 || isMissing(answer))) {
      Answer other = retry.answer(() -> client.head(meant), patience);
      if (isStream(other)) {
        return new Located(meant, null, other.header("Content-Type"));
      }
    }
    throw failure(answer);
  }

  /** Where it may be created, best first, if it is not there to be appended to. */
  List<URI> places() throws CliException, InterruptedException {
    URI meant = url.meant();
    if (meant == null) {
      return List.of(url.given());
    }
    Answer answer = ask();
    if (isStream(answer)) {
      return List.of(url.given());
    }
    return isOurs(answer) ? List.of(meant) : List.of(meant, url.given());
  }

  /** A page of ours tells how it is sent raw, from a place that is always kept. */
  private Answer ask() throws CliException, InterruptedException {
    URI asked =
        url.isOwn() ? url.given() : StreamUrl.with(url.given(), "as", "raw", "offset", "now");
    return retry.answer(() -> client.head(asked), patience);
  }

  private static boolean isStream(Answer answer) {
    return answer.status() == 200 && !answer.header("Stream-Next-Offset").isEmpty();
  }

  private static boolean isOurs(Answer answer) {
    return !answer.header("Sluice-Journal").isEmpty();
  }

  private static boolean isMissing(Answer answer) {
    return answer.status() == 404 || answer.status() == 405 || answer.status() == 501;
  }

  private CliException failure(Answer answer) {
    String why =
        switch (answer.status()) {
          case 200 -> "is no stream: it has no Stream-Next-Offset; check the URL";
          case 404 -> "there is no such journal";
          case 410 -> "was deleted";
          default -> answer.reason();
        };
    return new CliException(ExitStatus.FAILED, url + ": " + why);
  }
}
