package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Journals that end with the process; the older bytes of a long one in temporary files, if that is
 * wanted.
 */
public final class MemoryStore implements JournalStore {
  private static final int COPY_BYTES = 1024 * 1024;

  private final JournalLimits limits;
  private final @Nullable Path spillDirectory;
  private final long spillFromBytes;
  private final ConcurrentSkipListMap<String, Journal> byName = new ConcurrentSkipListMap<>();

  /** An empty one; everything stays in memory. */
  public MemoryStore(JournalLimits limits) {
    this(limits, null, Long.MAX_VALUE);
  }

  private MemoryStore(JournalLimits limits, @Nullable Path spillDirectory, long spillFromBytes) {
    this.limits = limits;
    this.spillDirectory = spillDirectory;
    this.spillFromBytes = spillFromBytes;
  }

  /**
   * One whose journals put their older bytes into unnamed temporary files.
   *
   * @param directory where
   * @param memoryBytes how many bytes each journal has in memory before that, 1 MiB or more
   */
  public static MemoryStore spilling(JournalLimits limits, Path directory, long memoryBytes) {
    if (memoryBytes < 1024 * 1024) {
      throw new IllegalArgumentException("a journal with " + memoryBytes + " bytes in memory");
    }
    return new MemoryStore(limits, directory, memoryBytes);
  }

  @Override
  public @Nullable Journal find(String name) {
    Journal journal = byName.get(name);
    return journal == null || deleteIfExpired(journal) ? null : journal;
  }

  @Override
  public synchronized Opened open(String name, JournalOptions options, @Nullable Append first)
      throws IOException {
    Journal found = find(new JournalName(name).text());
    if (found != null) {
      return new Opened(found, false);
    }
    Journal created = newJournal(name, options, new Contents(List.of(), 0));
    if (first != null && !(created.append(first) instanceof AppendResult.Appended)) {
      throw new IllegalArgumentException("the first append of " + name + " cannot be one");
    }
    return new Opened(add(created), true);
  }

  private Journal newJournal(String name, JournalOptions options, Contents contents) {
    Path directory = spillDirectory;
    Spill spill = directory == null ? null : new Spill(new SystemDisk(), directory, spillFromBytes);
    var state = new AppendState();
    state.tail(contents.tail());
    return new Journal(
        name,
        Journal.newId(),
        options,
        Instant.now(),
        contents,
        state,
        new MemoryAppender(limits, spill));
  }

  /**
   * Adds a journal that was made elsewhere.
   *
   * @return the same
   * @throws IllegalArgumentException if its name is not a {@link JournalName}
   * @throws IllegalStateException if the name is taken
   * @throws JournalLimitException if there are as many as there may be
   */
  public synchronized Journal add(Journal journal) throws JournalLimitException {
    String name = new JournalName(journal.name()).text();
    if (byName.containsKey(name)) {
      throw new IllegalStateException("there is a journal " + name + " already");
    }
    dropExpired();
    if (byName.size() >= limits.journalsMax()) {
      throw new JournalLimitException(
          JournalLimitException.Limit.JOURNALS,
          "journal %s is one too many: there are %d, which are the most; delete one"
              .formatted(name, limits.journalsMax()));
    }
    byName.put(name, journal);
    return journal;
  }

  @Override
  public synchronized Opened fork(String name, Journal source, Offset at, JournalOptions options)
      throws IOException {
    Journal found = find(new JournalName(name).text());
    if (found != null) {
      return new Opened(found, false);
    }
    if (at.compareTo(source.start()) < 0 || at.compareTo(source.tail()) > 0) {
      throw new IllegalArgumentException(
          "a fork of %s at %s: it holds %s to %s"
              .formatted(source, at, source.start(), source.tail()));
    }
    Journal fork = newJournal(name, options, source.contents().shareUpTo(at.position()));
    copy(source, fork, at.position());
    return new Opened(add(fork), true);
  }

  /** What cannot be shared, in pieces. */
  private static void copy(Journal source, Journal fork, long to) throws IOException {
    for (long from = fork.tail().position(); from < to; from = fork.tail().position()) {
      var piece = new RecordCopy();
      if (!source.read(from, Math.min(to, from + COPY_BYTES), piece)) {
        throw new IOException(source + " does not hold all before " + to + " any more");
      }
      piece.appendTo(fork);
    }
  }

  @Override
  public synchronized boolean delete(Journal journal) {
    boolean was = byName.remove(journal.name(), journal);
    if (was) {
      journal.end();
      journal.contents().dropFilesBefore(Long.MAX_VALUE).forEach(SegmentFile::dispose);
    }
    return was;
  }

  @Override
  public List<String> names() {
    dropExpired();
    return List.copyOf(byName.keySet());
  }

  private boolean deleteIfExpired(Journal journal) {
    boolean over = Expiries.isOver(journal) && journal.endIfExpired();
    if (over) {
      var _ = delete(journal);
    }
    return over;
  }

  private void dropExpired() {
    for (Journal journal : byName.values()) {
      var _ = deleteIfExpired(journal);
    }
  }

  @Override
  public JournalLimits limits() {
    return limits;
  }

  @Override
  public void close() {
    for (Journal journal : byName.values()) {
      var _ = delete(journal);
    }
  }
}
