package dev.sluice.testkit;

import dev.sluice.Headers;

/**
 * An interim response that a {@link TestExchange} has recorded.
 *
 * @param status 102..199
 * @param headers its fields
 */
public record InterimResponse(int status, Headers headers) {}
