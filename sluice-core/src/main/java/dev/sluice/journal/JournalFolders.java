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

  private final Disk disk;
  private final Committer committer;
  private final JournalPaths paths;
  private final JournalMaker maker;
  private final GoneNames gone;
  private final ConcurrentSkipListMap<String, Slot> slots = new ConcurrentSkipListMap<>();

  /** A place for one journal; whoever opens or deletes it has its monitor. */
  private static final class Slot {
    volatile @Nullable JournalFolder folder;
    volatile @Nullable JournalIdentity identity;
    boolean removed;
    volatile boolean looked;
  }

  /** Finds the journals of a data directory. */
  JournalFolders(Disk disk, Path root, Committer committer) throws IOException {
    this.disk = disk;
    this.committer = committer;
    this.paths = new JournalPaths(disk, DataLayout.journals(root));
    this.maker = new JournalMaker(disk, paths, committer);
    paths.find().forEach(name -> slots.put(name, new Slot()));
    this.gone = new GoneNames(disk, DataLayout.gone(root), this::isPresent, paths::makeSafe);
    slots.keySet().forEach(gone::takeBack);
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
          if (!(identity(name, slot).options().expiry() instanceof Expiry.Never)) {
            var _ = load(name, slot, JournalFolder.NOWHERE);
          }
        }
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "the journal {0}: {1}", name, DiskErrors.reason(e));
      }
    }
  }

  /** What never changes of it, without opening it; by the slot's owner. */
  private JournalIdentity identity(String name, Slot slot) throws IOException {
    JournalIdentity known = slot.identity;
    if (known == null) {
      known = JournalFolder.readMeta(disk, paths.of(name)).identity();
      slot.identity = known;
    }
    return known;
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
    return slot != null && identity(record.name(), slot).id().equals(record.id())
        ? load(record.name(), slot, record.position())
        : null;
  }

  private @Nullable Journal load(String name, Slot slot, long cutFrom) throws IOException {
    synchronized (slot) {
      JournalFolder folder = slot.folder;
      if (slot.removed) {
        return null;
      }
      if (folder == null) {
        Path path = paths.of(name);
        if (!disk.isDirectory(path)) {
          throw new IOException(
              "the journal %s cannot be opened: %s is not a directory".formatted(name, path));
        }
        folder = JournalFolder.load(disk, path, committer, cutFrom);
        slot.identity = folder.identity();
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
      throw JournalGoneException.source(source);
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
      for (Slot other = slots.putIfAbsent(meta.identity().name(), slot);
          other != null;
          other = slots.putIfAbsent(meta.identity().name(), slot)) {
        Journal found = load(meta.identity().name(), other, JournalFolder.NOWHERE);
        if (found != null) {
          return new JournalStore.Opened(found, false);
        } // it was being deleted, and its name is free by now
      }
      try {
        checkFree(meta.identity().name(), limits.journalsMax());
        JournalFolder made = maker.make(meta, first, source, this::present, limits);
        slot.identity = meta.identity();
        slot.folder = made;
        return new JournalStore.Opened(made.journal(), true);
      } catch (IOException | RuntimeException e) {
        slot.removed = true;
        slots.remove(meta.identity().name(), slot);
        throw e;
      }
    }
  }

  /** Makes room among so many, if journals have expired that nobody has asked for since. */
  void dropExpired(int countMax) throws IOException {
    if (slots.size() + gone.count() >= countMax) {
      for (JournalFolder folder : loaded()) {
        var _ = deleteIfExpired(folder.journal());
      }
      gone.freeAll();
    }
  }

  private void checkFree(String name, int countMax) throws IOException {
    if (gone.has(name)) {
      throw JournalGoneException.name(name);
    }
    if (slots.size() + gone.count() > countMax) {
      throw new JournalLimitException(
          JournalLimitException.Limit.JOURNALS,
          "journal %s is one too many: there are %d, which are the most; delete one"
              .formatted(name, countMax));
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
    Path trash = paths.deleted(journal.id());
    synchronized (slot) {
      JournalFolder folder = slot.folder;
      if (slot.removed || folder == null || !folder.journal().equals(journal)) {
        return false;
      }
      folder.discard(forks -> discard(journal, present(forks), trash));
      slot.removed = true;
      slots.remove(journal.name(), slot);
    }
    journal.end();
    paths.makeSafe();
    paths.clear(trash);
    return true;
  }

  private void discard(Journal journal, List<String> forks, Path trash) throws IOException {
    if (!forks.isEmpty()) {
      gone.add(journal.name(), new GoneName.Content(journal.id(), forks));
    }
    try {
      paths.rename(paths.of(journal.name()), trash);
    } catch (IOException e) {
      gone.takeBack(journal.name());
      throw e;
    }
  }

  /** Those forks that may be there, or be gone; of the others it is safe that they are not. */
  private List<String> present(List<String> forks) throws IOException {
    List<String> present =
        forks.stream()
            .filter(fork -> slots.containsKey(ForkList.name(fork)) || gone.has(ForkList.name(fork)))
            .toList();
    if (present.size() < forks.size()) {
      paths.makeSafe();
    }
    return present;
  }

  /** Whether a journal is there and has not expired; one that cannot be looked at is there. */
  private boolean isPresent(String name, String id) {
    Slot slot = slots.get(name);
    if (slot == null) {
      return false;
    }
    try {
      JournalIdentity found = StorageThreads.callIo(() -> settled(name, slot));
      if (found == null || !found.id().equals(id)) {
        return false;
      }
      if (found.options().expiry() instanceof Expiry.Never) {
        return true;
      }
      Journal journal = find(name);
      return journal != null
          && journal.id().equals(id)
          && !deleteIfExpired(journal)
          && !journal.deleted();
    } catch (IOException e) {
      return true;
    }
  }

  /** Null if it was deleted meanwhile. */
  private @Nullable JournalIdentity settled(String name, Slot slot) throws IOException {
    synchronized (slot) {
      return slot.removed ? null : identity(name, slot);
    }
  }

  /** Whether a name is gone: others descend from the journal that it had. */
  boolean isGone(String name) throws IOException {
    return gone.isGone(name);
  }

  /** Frees the names that nobody descends from any more. */
  void freeGone() throws IOException {
    gone.freeAll();
  }

  /** Makes it safe that journals were deleted. */
  void makeNamesSafe() throws IOException {
    paths.makeSafe();
  }
}
