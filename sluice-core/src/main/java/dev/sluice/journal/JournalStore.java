package dev.sluice.journal;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Journals by name: in memory ({@link MemoryStore}) or in a directory ({@link DataDirectory}).
 *
 * <p>Thread safety: all methods may be called by any thread; they may block on the disk.
 */
public interface JournalStore extends AutoCloseable {
  /**
   * What {@link #open} found.
   *
   * @param journal the journal
   * @param created whether it is new; if not, it may have other options than asked for
   */
  record Opened(Journal journal, boolean created) {}

  /** The journal of a name; null if there is none, also for what cannot be a name. */
  @Nullable Journal find(String name) throws IOException;

  /**
   * Finds a journal, or creates it with its first append, in one step.
   *
   * @param first nothing happens to it if the journal is there already; null for none
   * @throws IllegalArgumentException if the name is not a {@link JournalName}, or the append cannot
   *     be the first, as it expects something else
   * @throws JournalLimitException if there are as many as there may be, or the append exceeds a
   *     limit
   * @throws JournalGoneException if the name {@linkplain #isGone is gone}
   */
  Opened open(String name, JournalOptions options, @Nullable Append first) throws IOException;

  /** Finds a journal, or creates it. */
  default Opened open(String name, JournalOptions options) throws IOException {
    return open(name, options, null);
  }

  /**
   * Creates a journal that begins with what another one holds before an offset, in one step with
   * its first own append; or finds it. It is open, also if the other is closed, and knows no
   * producers nor a writer's sequence; its {@link Journal#origin} tells where it is from. The bytes
   * are shared. Later appends to the one are not in the other. What the other does not keep any
   * more, the fork has not either: both begin at the same offset.
   *
   * @param options of the new one
   * @param first nothing happens to it if the journal is there already; null for none
   * @throws IllegalArgumentException if the name is not one, the offset is past the tail or before
   *     what is kept, or the append cannot be the first, as it expects something else
   * @throws JournalLimitException if there are as many as there may be, or the append exceeds a
   *     limit
   * @throws JournalGoneException if the name {@linkplain #isGone is gone}, or the source was
   *     deleted
   */
  Opened fork(
      String name, Journal source, Offset at, JournalOptions options, @Nullable Append first)
      throws IOException;

  /** Creates a journal that begins with what another one holds; or finds it. */
  default Opened fork(String name, Journal source, Offset at, JournalOptions options)
      throws IOException {
    return fork(name, source, at, options, null);
  }

  /**
   * Whether the journal of a name was deleted or has expired, and others that descend from it are
   * left: forks, or forks of forks, however deep. {@link #find} has none, and the name is not free
   * until the last of those is deleted or has expired.
   */
  boolean isGone(String name) throws IOException;

  /**
   * Deletes a journal: its viewers are cut, appends answer {@link AppendResult.Deleted}. When this
   * returns the name is free, or, if the journal has forks that are left, {@linkplain #isGone
   * gone}. Those keep what they hold.
   *
   * @return whether it was there
   */
  boolean delete(Journal journal) throws IOException;

  /** The names of all journals, sorted; without those that are gone. */
  List<String> names();

  /** The limits of all journals. */
  JournalLimits limits();

  /** Ends all appends, and lets go of everything; what was appended stays where it is. */
  @Override
  void close() throws IOException;
}
