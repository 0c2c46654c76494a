package dev.sluice.cli;

/**
 * An event of {@code text/event-stream}.
 *
 * @param type its name; {@code message} if it has none
 * @param data its lines, with {@code \n} between them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SseEvent(String type, byte[] data) {}
