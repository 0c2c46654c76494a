/**
 * Journals: named append-only logs of bytes, with any number of writers and readers.
 *
 * <p>A {@link dev.sluice.journal.JournalStore} has journals by name: a {@link
 * dev.sluice.journal.MemoryStore} until the process ends, a {@link
 * dev.sluice.journal.DataDirectory} for good.
 *
 * {@snippet :
 * try (var store = DataDirectory.open(Path.of("data"), JournalLimits.defaults())) {
 *   Journal journal = store.open("build", JournalOptions.defaults()).journal();
 *   AppendResult result = journal.append(Append.of("hello\n".getBytes(UTF_8)));
 * }
 * }
 *
 * <p>An append that was acknowledged is there for every reader, once, in order; in a data directory
 * also after the process was killed, and after the machine was, unless the journal is not
 * {@linkplain dev.sluice.journal.JournalOptions#durable durable}. It can be made to happen only at
 * a known {@linkplain dev.sluice.journal.Append#withExpectedTail tail}, and only once {@linkplain
 * dev.sluice.journal.Append#withProducer however often it is sent}.
 *
 * <p><b>Concurrency.</b> Appends to a journal take turns. A reader takes no lock: the writer writes
 * the bytes, then publishes the tail; a reader takes the tail, then reads what is before it. It is
 * an {@link dev.sluice.journal.Offset} and costs nothing while nothing is new; it is told of
 * appends through {@link dev.sluice.journal.Journal#watch}. Files are touched by a few threads of
 * this package's own, which nobody interrupts.
 *
 * <p><b>Limits.</b> {@link dev.sluice.journal.JournalLimits}, and for each journal its {@link
 * dev.sluice.journal.Retention}: what exceeds that is dropped from the beginning, in whole
 * segments; a reader behind it finds a gap.
 *
 * <p>This package knows no HTTP.
 */
@NullMarked
package dev.sluice.journal;

import org.jspecify.annotations.NullMarked;
