package dev.sluice.streams;

import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalOptions;
import java.time.Duration;
import java.util.function.ObjIntConsumer;

/**
 * How streams are served.
 *
 * @param created what a journal has that a client creates: all but content type and expiry
 * @param longPollTimeout how long a read with {@code live=long-poll} waits at most
 * @param sseReconnectInterval after how long, more or less, a client of server-sent events is sent
 *     away to come back, so that caches and load balancers can share them out anew; zero: never
 * @param onViewers told how many viewers a journal has when that changes, on any thread; it must
 *     not block. Changes at the same time may be told in any order: {@link Journals#viewers} has
 *     the last word
 */
public record StreamOptions(
    JournalOptions created,
    Duration longPollTimeout,
    Duration sseReconnectInterval,
    ObjIntConsumer<Journal> onViewers) {
  private static final StreamOptions DEFAULTS =
      new StreamOptions(
          JournalOptions.defaults(),
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          (journal, viewers) -> {});

  /** Checks that no time is negative. */
  public StreamOptions {
    if (longPollTimeout.isNegative() || sseReconnectInterval.isNegative()) {
      throw new IllegalArgumentException(
          "a negative time: long-poll %s, SSE %s".formatted(longPollTimeout, sseReconnectInterval));
    }
  }

  /** The defaults of journals, 20 seconds, 60 seconds, nobody told. */
  public static StreamOptions defaults() {
    return DEFAULTS;
  }

  /** With other options for journals that are created. */
  public StreamOptions withCreated(JournalOptions options) {
    return new StreamOptions(options, longPollTimeout, sseReconnectInterval, onViewers);
  }

  /** With another time for long-polls. */
  public StreamOptions withLongPollTimeout(Duration timeout) {
    return new StreamOptions(created, timeout, sseReconnectInterval, onViewers);
  }

  /** With another time for server-sent events. */
  public StreamOptions withSseReconnectInterval(Duration interval) {
    return new StreamOptions(created, longPollTimeout, interval, onViewers);
  }

  /** With somebody who is told. */
  public StreamOptions withOnViewers(ObjIntConsumer<Journal> told) {
    return new StreamOptions(created, longPollTimeout, sseReconnectInterval, told);
  }
}
