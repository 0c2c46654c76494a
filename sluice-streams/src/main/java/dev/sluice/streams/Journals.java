package dev.sluice.streams;

import dev.sluice.journal.Journal;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The journals that are there to be followed, by name; so many at most.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Journals {
  /** What bytes are that nobody said more about. */
  public static final String PLAIN_TEXT = "text/plain; charset=utf-8";

  private final int countMax;
  private final ConcurrentSkipListMap<String, PublishedJournal> byName =
      new ConcurrentSkipListMap<>();

  /**
   * None yet.
   *
   * @param countMax how many there may be
   * @throws IllegalArgumentException if that is less than one
   */
  public Journals(int countMax) {
    if (countMax < 1) {
      throw new IllegalArgumentException("room for " + countMax + " journals");
    }
    this.countMax = countMax;
  }

  /** Adds a journal of plain text; as {@link #add(Journal, String)}. */
  public Journals add(Journal journal) {
    return add(journal, PLAIN_TEXT);
  }

  /**
   * Adds a journal. Its {@link Lifetime} begins now: add it when it begins.
   *
   * @param mediaType what its raw bytes are
   * @return these
   * @throws IllegalArgumentException if its name is not a {@link JournalName}
   * @throws IllegalStateException if the name is taken, or there is no room
   */
  public synchronized Journals add(Journal journal, String mediaType) {
    String name = new JournalName(journal.name()).text();
    if (byName.containsKey(name)) {
      throw new IllegalStateException("there is a journal " + name + " already");
    }
    if (byName.size() >= countMax) {
      throw new IllegalStateException(
          "journal " + name + " is one too many: there are " + countMax);
    }
    byName.put(name, new PublishedJournal(journal, mediaType, Lifetime.of(journal)));
    return this;
  }

  /**
   * Removes a journal; who follows it goes on doing so.
   *
   * @return whether it was there
   */
  public synchronized boolean remove(Journal journal) {
    PublishedJournal published = byName.get(journal.name());
    return published != null
        && published.journal().equals(journal)
        && byName.remove(journal.name(), published);
  }

  /** The journal of a name, or null. */
  public @Nullable Journal get(String name) {
    PublishedJournal published = byName.get(name);
    return published == null ? null : published.journal();
  }

  /** All of them, by name. */
  public List<Journal> all() {
    return byName.values().stream().map(PublishedJournal::journal).toList();
  }

  /** How many viewers follow a journal now; 0 if it is not here. */
  public int viewers(Journal journal) {
    PublishedJournal published = byName.get(journal.name());
    return published == null || !published.journal().equals(journal)
        ? 0
        : published.viewers().get();
  }

  @Nullable PublishedJournal find(String name) {
    return byName.get(name);
  }
}
