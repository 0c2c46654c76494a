package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
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
  private final MemoryRoom room;
  private final ConcurrentSkipListMap<String, Journal> byName = new ConcurrentSkipListMap<>();
  private final Lineage lineage = new Lineage();

  /** An empty one; everything stays in memory: three eighths of the heap at most. */
  public MemoryStore(JournalLimits limits) {
    this(limits, null, Long.MAX_VALUE, MemoryRoom.ofHeap());
  }

  MemoryStore(
      JournalLimits limits, @Nullable Path spillDirectory, long spillFromBytes, MemoryRoom room) {
    this.room = room;
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
    return new MemoryStore(
        limits, directory, memoryBytes, MemoryRoom.ENDLESS); // the rest is in files
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
    checkFree(name);
    var identity = JournalIdentity.of(name, options, null);
    Journal created = newJournal(identity, new Contents(List.of(), 0, room), newAppender());
    boolean added = false;
    try {
      begin(created, first);
      add(created);
      added = true;
      return new Opened(created, true);
    } finally {
      if (!added) {
        discard(created);
      }
    }
  }

  private MemoryAppender newAppender() {
    Path directory = spillDirectory;
    Spill spill = directory == null ? null : new Spill(new SystemDisk(), directory, spillFromBytes);
    return new MemoryAppender(limits, spill, room);
  }

  private static Journal newJournal(
      JournalIdentity identity, Contents contents, MemoryAppender appender) {
    var state = new AppendState();
    state.tail(contents.tail());
    return new Journal(identity, contents, state, appender);
  }

  private static void begin(Journal journal, @Nullable Append first) throws IOException {
    if (first != null && !(journal.append(first) instanceof AppendResult.Appended)) {
      throw new IllegalArgumentException(
          "the first append of " + journal.name() + " cannot be one");
    }
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
    if (byName.containsKey(name) || isGone(name)) {
      throw new IllegalStateException("there is a journal " + name + " already");
    }
    checkRoom(name);
    byName.put(name, journal);
    return journal;
  }

  private void checkFree(String name) throws JournalGoneException {
    if (isGone(name)) {
      throw JournalGoneException.name(name);
    }
  }

  private synchronized void checkRoom(String name) throws JournalLimitException {
    dropExpired();
    room.claim(0, name);
    if (byName.size() + lineage.goneCount() >= limits.journalsMax()) {
      throw new JournalLimitException(
          JournalLimitException.Limit.JOURNALS,
          "journal %s is one too many: there are %d, which are the most; delete one"
              .formatted(name, limits.journalsMax()));
    }
  }

  @Override
  public Opened fork(
      String name, Journal source, Offset at, JournalOptions options, @Nullable Append first)
      throws IOException {
    Journal found = find(new JournalName(name).text());
    if (found != null) {
      return new Opened(found, false);
    }
    checkFree(name);
    checkRoom(name);
    var origin = new Origin(source.name(), source.id(), at);
    Journal fork = copyOf(source, JournalIdentity.of(name, options, origin), at);
    boolean added = false;
    try {
      begin(fork, first);
      Opened opened = addFork(fork, source);
      added = opened.created();
      return opened;
    } finally {
      if (!added) {
        discard(fork);
      }
    }
  }

  /** It takes a while, and others go on meanwhile; the source may drop what comes next. */
  private Journal copyOf(Journal source, JournalIdentity identity, Offset at) throws IOException {
    Offset start;
    do {
      start = source.start();
      if (at.compareTo(start) < 0 || at.compareTo(source.tail()) > 0) {
        throw new IllegalArgumentException(
            "a fork of %s at %s: it holds %s to %s".formatted(source, at, start, source.tail()));
      }
      MemoryAppender appender = newAppender();
      Journal fork = newJournal(identity, source.contents().shareUpTo(at.position()), appender);
      if (copy(source, fork, at.position(), appender)) {
        return fork;
      }
      discard(fork);
    } while (source.start().compareTo(start) > 0);
    throw new IOException("%s cannot be read before %s any more".formatted(source, at));
  }

  /** What cannot be shared, in pieces; returns whether all of it could be read. */
  private static boolean copy(Journal source, Journal fork, long to, MemoryAppender appender) {
    for (long from = fork.tail().position(); from < to; from = fork.tail().position()) {
      var piece = new RecordCopy();
      if (!source.read(from, Math.min(to, from + COPY_BYTES), piece)) {
        return false;
      }
      piece.replay(appender.copyTo(fork));
    }
    return true;
  }

  private synchronized Opened addFork(Journal fork, Journal source) throws IOException {
    Journal found = find(fork.name());
    if (found != null) {
      return new Opened(found, false);
    }
    checkFree(fork.name());
    if (!source.equals(byName.get(source.name()))) {
      throw JournalGoneException.source(source);
    }
    var _ = add(fork);
    lineage.forked(fork, source);
    return new Opened(fork, true);
  }

  @Override
  public synchronized boolean isGone(String name) {
    if (lineage.isGone(name)) {
      dropExpired();
    }
    return lineage.isGone(name);
  }

  @Override
  public synchronized boolean delete(Journal journal) {
    boolean was = byName.remove(journal.name(), journal);
    if (was) {
      lineage.deleted(journal);
      discard(journal);
    }
    return was;
  }

  private static void discard(Journal journal) {
    journal.end();
    journal.contents().dropFilesBefore(Long.MAX_VALUE).forEach(SegmentFile::dispose);
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
