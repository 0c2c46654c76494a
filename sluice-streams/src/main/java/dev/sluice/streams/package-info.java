/**
 * The HTTP face of journals: whoever asks for one gets it live, from the first byte or from where
 * they left off, as a page, raw, as server-sent events, or as JSON lines. Clients may also create
 * journals and append to them.
 *
 * {@snippet :
 * var store = new MemoryStore(JournalLimits.defaults());
 * var text = JournalOptions.defaults().withContentType("text/plain; charset=utf-8");
 * Journal journal = store.open("build", text).journal();
 * var journals = new Journals(store);
 * Router site = new JournalHandler(journals, (viewed, viewers) -> {}).addTo(new Router());
 * new StreamHandler(journals, JournalOptions.defaults()).addTo(site); // lets clients write, too
 * }
 *
 * <p><b>Concurrency.</b> Everything public may be used by any thread. The {@linkplain
 * dev.sluice.Encoding encodings} are pure, and shared by all viewers of a journal. A viewer costs
 * no thread: {@link dev.sluice.Response#follow} takes it over. An append holds its handler's thread
 * until it is acknowledged.
 *
 * <p><b>Limits.</b> Those of the journals' store ({@link dev.sluice.journal.JournalLimits}). The
 * body of an append is held in memory until it is in the journal.
 */
@NullMarked
package dev.sluice.streams;

import org.jspecify.annotations.NullMarked;
