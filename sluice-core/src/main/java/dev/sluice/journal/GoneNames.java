package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/**
 * The names of a data directory whose journals were deleted although others descend from them: a
 * file for each, {@code gone/NAME}, until it is looked at and none of these is there any more.
 *
 * <p>The file is safe before the journal is deleted; and before the file is deleted, it is safe
 * that its forks are. So a file beside a journal of that name is of a deletion that a crash has
 * taken back.
 *
 * <p>Thread safety: all methods. No lock is held while others are looked at.
 */
final class GoneNames {
  /** Names of journals never begin with that. */
  private static final String UNNAMED = "-";

  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  /** Makes safe which journals are there. */
  @FunctionalInterface
  interface Safe {
    void make() throws IOException;
  }

  private final Disk disk;
  private final Path directory;
  private final BiPredicate<String, String> present;
  private final Safe safe;
  private final Map<String, GoneName> byName = new ConcurrentHashMap<>();

  /**
   * Finds them. The journals are not asked yet.
   *
   * @param present whether a journal of a name and an identity is there, and has not expired
   * @param safe makes safe that those are not there that are not
   */
  GoneNames(Disk disk, Path directory, BiPredicate<String, String> present, Safe safe)
      throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.present = present;
    this.safe = safe;
    for (String entry : disk.list(directory)) {
      if (entry.startsWith(UNNAMED)) {
        disk.delete(directory.resolve(entry));
      } else {
        String name = DataLayout.journalName(entry);
        byName.put(name, new GoneName(disk, directory.resolve(entry), name));
      }
    }
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  int count() {
    return byName.size();
  }

  /** Adds one, and makes it safe. */
  void add(String name, GoneName.Content content) throws IOException {
    var gone = new GoneName(disk, directory.resolve(DataLayout.directoryName(name)), name);
    gone.write(directory.resolve(UNNAMED + "new-" + content.id()), content);
    disk.sync(directory);
    byName.put(name, gone);
  }

  /** There is a journal of that name: it was not deleted after all. */
  void takeBack(String name) {
    GoneName gone = byName.get(name);
    if (gone != null) {
      free(gone);
    }
  }

  /** Whether a name is gone, and a journal is there that descends from it; if not, it is free. */
  boolean isGone(String name) throws IOException {
    GoneName gone = byName.get(name);
    return gone != null && isHeld(gone, new HashSet<>());
  }

  /** Frees the names that nobody descends from any more. */
  void freeAll() throws IOException {
    Set<GoneName> held = new HashSet<>();
    for (GoneName gone : List.copyOf(byName.values())) {
      var _ = isHeld(gone, held);
    }
  }

  /**
   * Whether a journal is there that descends from one; if not, its name is free now.
   *
   * @param held those of which that is known; takes more of them
   */
  private boolean isHeld(GoneName gone, Set<GoneName> held) throws IOException {
    Map<GoneName, GoneName> sources = new LinkedHashMap<>(); // its own, of the first
    Deque<GoneName> left = new ArrayDeque<>(List.of(gone));
    sources.put(gone, gone);
    while (!left.isEmpty()) {
      GoneName next = left.pop();
      if (held.contains(next) || hasPresent(next)) {
        hold(next, sources, held);
        return true;
      }
      for (String fork : next.content().forks()) {
        GoneName deeper = byName.get(ForkList.name(fork));
        if (deeper != null
            && deeper.content().id().equals(ForkList.id(fork))
            && sources.putIfAbsent(deeper, next) == null) {
          left.push(deeper);
        }
      }
    }
    safe.make();
    sources.keySet().forEach(this::free);
    return false;
  }

  private boolean hasPresent(GoneName gone) throws IOException {
    for (String fork : gone.content().forks()) {
      if (present.test(ForkList.name(fork), ForkList.id(fork))) {
        return true;
      }
    }
    return false;
  }

  private static void hold(GoneName from, Map<GoneName, GoneName> sources, Set<GoneName> held) {
    GoneName at = from;
    while (held.add(at)) {
      at = sources.getOrDefault(at, at);
    }
  }

  /** What cannot be deleted is found to be free again at the next start. */
  private void free(GoneName gone) {
    synchronized (gone) {
      if (gone.equals(byName.get(gone.name()))) {
        try {
          StorageThreads.callIo(() -> {
            disk.delete(gone.file());
            return true;
          });
        } catch (IOException e) {
          LOG.log(
              System.Logger.Level.WARNING, "{0} is not deleted: {1}", gone.file(), e.getMessage());
        }
        byName.remove(gone.name(), gone);
      }
    }
  }
}
