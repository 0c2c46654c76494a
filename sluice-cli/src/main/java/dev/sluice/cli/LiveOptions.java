package dev.sluice.cli;

import dev.sluice.streams.StreamOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/**
 * How long live answers of the Durable Streams protocol last, and which web pages may have them.
 */
final class LiveOptions {
  @Option(
      names = "--long-poll-timeout",
      paramLabel = "DURATION",
      converter = DurationText.class,
      defaultValue = "20s",
      description =
          "How long a long-poll waits for something new, before it is told that there is nothing;"
              + " default: ${DEFAULT-VALUE}.")
  private Duration longPollTimeout = Duration.ofSeconds(20);

  @Option(
      names = "--sse-reconnect-interval",
      paramLabel = "DURATION",
      converter = DurationText.OrZero.class,
      defaultValue = "60s",
      description =
          "After how long an SSE client of /v1/stream is asked to come again, so that what is in"
              + " between can share answers; 0s: never; default: ${DEFAULT-VALUE}.")
  private Duration sseReconnectInterval = Duration.ofSeconds(60);

  @Option(
      names = "--allow-origin",
      paramLabel = "ORIGIN",
      converter = WebOrigin.class,
      description =
          "Web pages whose scripts may read and write streams from a browser, like"
              + " https://app.example, or * for all; may be given several times; default: none but"
              + " the server's own.")
  private List<String> allowedOrigins = new ArrayList<>();

  /** How streams are served. */
  StreamOptions streamOptions() {
    return StreamOptions.defaults()
        .withLongPollTimeout(longPollTimeout)
        .withSseReconnectInterval(sseReconnectInterval);
  }

  /** Origins as browsers send them, or {@code *}. */
  Set<String> allowedOrigins() {
    return Set.copyOf(allowedOrigins);
  }
}
