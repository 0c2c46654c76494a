package dev.sluice.server;

/**
 * Why a request is refused before any handler sees it.
 *
 * @param status what the client is told
 * @param reason one line for people, in the response and in the log
 */
record Rejection(int status, String reason) {}
