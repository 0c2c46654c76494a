package dev.sluice.spi;

import dev.sluice.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * How a response ended.
 *
 * @param status what was sent, or would have been
 * @param bodyBytes how many bytes of the body the handler wrote
 * @param flushes how many flushes sent something
 * @param reason why it ended
 * @param failure what the handler threw, if that was a failure of its own
 */
public record Outcome(
    int status, long bodyBytes, long flushes, CloseReason reason, @Nullable Throwable failure) {}
