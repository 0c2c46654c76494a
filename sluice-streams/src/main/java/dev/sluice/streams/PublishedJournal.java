package dev.sluice.streams;

import dev.sluice.journal.Journal;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A journal, and what its viewers need to know besides.
 *
 * @param mediaType what its raw bytes are
 * @param viewers how many follow it now
 */
record PublishedJournal(
    Journal journal, String mediaType, Lifetime lifetime, AtomicInteger viewers) {

  PublishedJournal(Journal journal, String mediaType, Lifetime lifetime) {
    this(journal, mediaType, lifetime, new AtomicInteger());
  }
}
