package dev.sluice.streams;

import dev.sluice.journal.Kind;

/**
 * A part of a record, as it is told to a viewer.
 *
 * @param micros when its record was appended, in microseconds since 1970
 * @param end position of the byte after it
 * @param isText whether it is valid UTF-8, whole
 */
@SuppressWarnings("ArrayRecordComponent") // lent for the length of a call, never compared
record Piece(
    Kind kind, long micros, long end, byte[] bytes, int offset, int length, boolean isText) {}
