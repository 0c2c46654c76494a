/**
 * Journals: named append-only logs of bytes, with one writer and any number of readers.
 *
 * <p>A {@link dev.sluice.journal.Journal} is written by one thread at a time and read by any,
 * without locks: the writer writes the bytes, then publishes the tail; a reader takes the tail,
 * then reads what is before it. A reader is an {@link dev.sluice.journal.Offset} and costs nothing
 * while nothing is new. It is told of appends through {@link dev.sluice.journal.Journal#watch}.
 *
 * <p>What exceeds the {@linkplain dev.sluice.journal.Journal#bytesKept retention} is dropped from
 * the beginning, in whole segments; a reader behind that finds a gap.
 *
 * <p>This package knows no HTTP.
 */
@NullMarked
package dev.sluice.journal;

import org.jspecify.annotations.NullMarked;
