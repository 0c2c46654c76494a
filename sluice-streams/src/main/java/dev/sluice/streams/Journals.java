package dev.sluice.streams;

import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The journals of a store, and how many viewers each has.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Journals {
  private final JournalStore store;
  private final ConcurrentHashMap<Journal, Integer> viewers = new ConcurrentHashMap<>();

  /** Those of a store, which stays its owner's. */
  public Journals(JournalStore store) {
    this.store = store;
  }

  /** Where they are. */
  public JournalStore store() {
    return store;
  }

  /** The journal of a name, or null; may block on the disk. */
  public @Nullable Journal find(String name) throws IOException {
    return store.find(name);
  }

  /** The names of all, sorted. */
  public List<String> names() {
    return store.names();
  }

  /** How many viewers follow a journal now. */
  public int viewers(Journal journal) {
    return viewers.getOrDefault(journal, 0);
  }

  /** One more viewer; returns how many there are. */
  int joined(Journal journal) {
    return viewers.merge(journal, 1, Integer::sum);
  }

  /** One less. */
  int left(Journal journal) {
    Integer left = viewers.computeIfPresent(journal, (one, count) -> count == 1 ? null : count - 1);
    return left == null ? 0 : left;
  }
}
