/**
 * The HTTP face of journals: whoever asks for one gets it live, from the first byte or from where
 * they left off, as a page, raw, as server-sent events, or as JSON lines.
 *
 * {@snippet :
 * var journals = new Journals(100);
 * var journal = new Journal("build", 256 << 20);
 * journals.add(journal, "text/plain; charset=utf-8");
 * Handler site = new JournalHandler(journals, (viewed, viewers) -> {}).addTo(new Router());
 * }
 *
 * <p><b>Concurrency.</b> Everything public may be used by any thread. The {@linkplain
 * dev.sluice.Encoding encodings} are pure, and shared by all viewers of a journal. A viewer costs
 * no thread: {@link dev.sluice.Response#follow} takes it over.
 *
 * <p><b>Limits.</b> {@link dev.sluice.streams.Journals} holds so many journals as it is made for.
 */
@NullMarked
package dev.sluice.streams;

import org.jspecify.annotations.NullMarked;
