package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The journals of a data directory by name, each opened when it is first asked for.
 *
 * <p>Thread safety: all methods.
 */
final class JournalFolders {
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  /** Names of journals never begin with that. */
  private static final String UNNAMED = "-";

  private final Disk disk;
  private final Path directory;
  private final Committer committer;
  private final Object names = new Object();
  private boolean namesUnsafe;
  private final ConcurrentSkipListMap<String, Slot> slots = new ConcurrentSkipListMap<>();

  /** A place for one journal; whoever opens or deletes it has its monitor. */
  private static final class Slot {
    volatile @Nullable JournalFolder folder;
    boolean removed;
    volatile boolean looked;
  }

  /** Finds the journals of a directory, and clears away what was being made or deleted there. */
  JournalFolders(Disk disk, Path directory, Committer committer) throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.committer = committer;
    List<String> entries = disk.list(directory);
    if (entries.stream().anyMatch(entry -> entry.startsWith(UNNAMED))) {
      disk.sync(directory); // before it is emptied: a crash must not give it its name back
    }
    for (String entry : entries) {
      if (entry.startsWith(UNNAMED)) {
        clear(directory.resolve(entry));
      } else if (isName(DataLayout.journalName(entry))) {
        addFound(DataLayout.journalName(entry));
      }
    }
  }

  /** Whatever is behind a link is not ours. */
  private void addFound(String name) throws IOException {
    if (disk.isDirectory(path(name))) {
      slots.put(name, new Slot());
    } else {
      LOG.log(System.Logger.Level.WARNING, "{0} is no directory and left alone", path(name));
    }
  }

  private static boolean isName(String name) {
    try {
      return new JournalName(name).text().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  List<String> names() {
    return List.copyOf(slots.keySet());
  }

  /** Those that are open. */
  List<JournalFolder> loaded() {
    return slots.values().stream().flatMap(slot -> Stream.ofNullable(slot.folder)).toList();
  }

  /** Opens some of those that expire, so that they do although nobody asks for them. */
  void openExpiring(int most) {
    int left = most;
    for (var entry : slots.entrySet()) {
      Slot slot = entry.getValue();
      if (left > 0 && slot.folder == null && !slot.looked) {
        left--;
        openIfExpiring(entry.getKey(), slot);
      }
    }
  }

  private void openIfExpiring(String name, Slot slot) {
    synchronized (slot) {
      slot.looked = true;
      try {
        if (slot.folder == null && !slot.removed) {
          JournalMeta meta = JournalFolder.readMeta(disk, path(name));
          if (!(meta.options().expiry() instanceof Expiry.Never)) {
            var _ = load(name, slot, JournalFolder.NOWHERE);
          }
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "the journal {0}: {1}", name, DiskErrors.reason(e));
      }
    }
  }

  private Path path(String name) {
    return directory.resolve(DataLayout.directoryName(name));
  }

  @Nullable JournalFolder folder(Journal journal) {
    Slot slot = slots.get(journal.name());
    JournalFolder folder = slot == null ? null : slot.folder;
    return folder != null && folder.journal().equals(journal) ? folder : null;
  }

  @Nullable Journal find(String name) throws IOException {
    Slot slot = slots.get(name);
    if (slot == null) {
      return null;
    }
    JournalFolder folder = slot.folder;
    if (folder != null) {
      return folder.journal();
    }
    return StorageThreads.callIo(() -> load(name, slot, JournalFolder.NOWHERE));
  }

  /** The journal of a record in a log, or null if it was deleted since. */
  @Nullable Journal findForReplay(LogRecord record) throws IOException {
    Slot slot = slots.get(record.name());
    if (slot == null) {
      return null;
    }
    JournalFolder open = slot.folder;
    Path path = path(record.name());
    String id = open == null ? JournalFolder.readMeta(disk, path).id() : open.journal().id();
    return id.equals(record.id()) ? load(record.name(), slot, record.position()) : null;
  }

  private @Nullable Journal load(String name, Slot slot, long cutFrom) throws IOException {
    synchronized (slot) {
      JournalFolder folder = slot.folder;
      if (slot.removed) {
        return null;
      }
      if (folder == null) {
        Path path = path(name);
        if (!disk.isDirectory(path)) {
          throw new IOException(
              "the journal %s cannot be opened: %s is not a directory".formatted(name, path));
        }
        folder = JournalFolder.load(disk, path, committer, cutFrom);
        slot.folder = folder;
      }
      return folder.journal();
    }
  }

  /** Creates a journal, perhaps one that begins with what another one holds; or finds it. */
  JournalStore.Opened create(
      JournalMeta meta, @Nullable Append first, @Nullable Journal source, JournalLimits limits)
      throws IOException {
    JournalFolder from = source == null ? null : folder(source);
    if (source != null && from == null) {
      throw new IllegalArgumentException("a fork of " + source + ", which is not here");
    }
    return StorageThreads.callIo(() -> createHere(meta, first, from, limits));
  }

  private JournalStore.Opened createHere(
      JournalMeta meta,
      @Nullable Append first,
      @Nullable JournalFolder source,
      JournalLimits limits)
      throws IOException {
    var slot = new Slot();
    synchronized (slot) {
      for (Slot other = slots.putIfAbsent(meta.name(), slot);
          other != null;
          other = slots.putIfAbsent(meta.name(), slot)) {
        Journal found = load(meta.name(), other, JournalFolder.NOWHERE);
        if (found != null) {
          return new JournalStore.Opened(found, false);
        } // it was being deleted, and its name is free by now
      }
      try {
        checkCount(meta.name(), limits.journalsMax());
        JournalFolder made = make(meta, first, source, limits);
        slot.folder = made;
        return new JournalStore.Opened(made.journal(), true);
      } catch (IOException | RuntimeException e) {
        slot.removed = true;
        slots.remove(meta.name(), slot);
        throw e;
      }
    }
  }

  /** Makes room among so many, if journals have expired that nobody has asked for since. */
  void dropExpired(int countMax) throws IOException {
    if (slots.size() >= countMax) {
      for (JournalFolder folder : loaded()) {
        var _ = deleteIfExpired(folder.journal());
      }
    }
  }

  private void checkCount(String name, int countMax) throws JournalLimitException {
    if (slots.size() > countMax) {
      throw new JournalLimitException(
          JournalLimitException.Limit.JOURNALS,
          "journal %s is one too many: there are %d, which are the most; delete one"
              .formatted(name, countMax));
    }
  }

  private JournalFolder make(
      JournalMeta meta,
      @Nullable Append first,
      @Nullable JournalFolder source,
      JournalLimits limits)
      throws IOException {
    Path made = directory.resolve(UNNAMED + "new-" + meta.id());
    Path path = path(meta.name());
    try {
      disk.createDirectory(made);
      if (source == null) {
        JournalFolder.writeMeta(disk, made, meta);
        disk.sync(made);
        if (first != null) {
          JournalFolder.load(disk, made, committer, JournalFolder.NOWHERE).begin(first, limits);
        }
      } else {
        source.fork(made, meta);
      }
      disk.rename(made, path);
      return loadNew(path, made);
    } catch (IOException | RuntimeException e) {
      clearNew(made, e);
      throw e;
    }
  }

  private JournalFolder loadNew(Path path, Path made) throws IOException {
    try {
      disk.sync(directory);
      return JournalFolder.load(disk, path, committer, JournalFolder.NOWHERE);
    } catch (IOException | RuntimeException e) {
      synchronized (names) {
        disk.rename(path, made); // the name is free again
        namesUnsafe = true;
      }
      throw e;
    }
  }

  /** Not before it is safe that it has no name: a crash must not give it back, emptied. */
  private void clearNew(Path made, Exception why) {
    try {
      makeNamesSafe();
      clear(made);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  /** Deletes a journal that has expired, and has not been used in the last moment. */
  boolean deleteIfExpired(Journal journal) throws IOException {
    return Expiries.isOver(journal) && journal.endIfExpired() && delete(journal);
  }

  /** Deletes a journal; returns whether it was there. */
  boolean delete(Journal journal) throws IOException {
    Slot slot = slots.get(journal.name());
    if (slot == null) {
      return false;
    }
    return StorageThreads.callIo(() -> delete(journal, slot));
  }

  private boolean delete(Journal journal, Slot slot) throws IOException {
    Path trash = directory.resolve(UNNAMED + "deleted-" + journal.id());
    synchronized (slot) {
      JournalFolder folder = slot.folder;
      if (slot.removed || folder == null || !folder.journal().equals(journal)) {
        return false;
      }
      synchronized (names) {
        folder.discard(trash);
        namesUnsafe = true;
      }
      slot.removed = true;
      slots.remove(journal.name(), slot);
    }
    journal.end();
    makeNamesSafe();
    clear(trash);
    return true;
  }

  /** Makes it safe that journals were deleted. */
  void makeNamesSafe() throws IOException {
    synchronized (names) {
      if (namesUnsafe) {
        disk.sync(directory);
        namesUnsafe = false;
      }
    }
  }

  /** Deletes a directory that is nobody's any more; what remains is for the next start. */
  private void clear(Path trash) {
    try {
      if (disk.isDirectory(trash)) {
        for (String name : disk.list(trash)) {
          disk.delete(trash.resolve(name));
        }
      }
      disk.delete(trash);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} is not deleted: {1}", trash, e.getMessage());
    }
  }
}
