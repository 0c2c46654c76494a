package dev.sluice.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that fails as it is told to, and does the same for the same random numbers.
 *
 * <p>After {@link #crash} it has what was made safe, and of the rest any part; after {@link #kill},
 * which ends the process alone, all of it.
 */
final class SimDisk implements Disk {
  /** What can fail. */
  enum Fault {
    OPEN,
    WRITE,
    TRUNCATE,
    FORCE,
    RENAME,
    LINK,
    DELETE,
    LIST,
    SYNC,
    READ
  }

  private static final Set<Fault> CHANGES =
      EnumSet.complementOf(EnumSet.of(Fault.OPEN, Fault.LIST, Fault.READ));

  private final Random random;
  private final SimDirectory root = new SimDirectory();
  private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
  private double faultProbability;
  private long bytesMax = Long.MAX_VALUE;
  private int stopIn = Integer.MAX_VALUE;
  private int life;
  private int changes;
  private @Nullable Object lock;

  /**
   * A disk with an empty directory.
   *
   * @param directory its name
   */
  SimDisk(Path directory, Random random) {
    this.random = random;
    root.put(directory.toString(), new SimDirectory());
    root.sync();
  }

  // What happens to it.

  /** From now on these fail now and then. */
  void failNowAndThen(Set<Fault> which, double probability) {
    faults.clear();
    faults.addAll(which);
    faultProbability = probability;
  }

  /** From now on it has so many bytes at most. */
  void bytesMax(long bytes) {
    bytesMax = bytes;
  }

  /** After so many changes everything stops, in the middle of one perhaps. */
  void stopIn(int more) {
    stopIn = changes + more;
  }

  /** It will not stop, if it has not. */
  void goOn() {
    stopIn = isStopped() ? stopIn : Integer.MAX_VALUE;
  }

  boolean isStopped() {
    return changes >= stopIn;
  }

  /** The process ends. */
  void kill() {
    life++;
    lock = null;
    stopIn = Integer.MAX_VALUE;
  }

  /** The power fails: of what is not safe, so much is there about. */
  void crash(double probability) {
    kill();
    crash(root, probability, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private void crash(SimDirectory directory, double probability, Set<Object> done) {
    directory.crash(random, probability);
    for (Object node : directory.entries().values()) {
      if (done.add(node)) {
        switch (node) {
          case SimDirectory inner -> crash(inner, probability, done);
          case SimData data -> data.crash(random, probability);
          default -> throw new AssertionError(node);
        }
      }
    }
  }

  /** How many names there are in a directory; fails never. */
  int count(Path directory) {
    try {
      return directory(directory).entries().size();
    } catch (IOException e) {
      return 0;
    }
  }

  /** How many bytes are in files. */
  long bytes() {
    Set<Object> nodes = Collections.newSetFromMap(new IdentityHashMap<>());
    return bytes(root, nodes);
  }

  private static long bytes(SimDirectory directory, Set<Object> done) {
    long sum = 0;
    for (Object node : directory.entries().values()) {
      if (done.add(node)) {
        sum += node instanceof SimDirectory inner ? bytes(inner, done) : ((SimData) node).size();
      }
    }
    return sum;
  }

  /** Counts a change, and fails if it is to fail. */
  void check(Fault fault, Path path) throws IOException {
    if (CHANGES.contains(fault) && !isStopped()) {
      changes++;
    }
    if (isStopped()) {
      throw new IOException("everything has stopped");
    }
    if (faults.contains(fault) && random.nextDouble() < faultProbability) {
      throw new FileSystemException(path.toString(), null, "Input/output error");
    }
  }

  // Paths.

  private SimDirectory directory(@Nullable Path path) throws IOException {
    SimDirectory at = root;
    if (path != null) {
      for (Path name : path) {
        at =
            switch (at.get(name.toString())) {
              case SimDirectory next -> next;
              case null -> throw new NoSuchFileException(path.toString());
              default -> throw new NotDirectoryException(path.toString());
            };
      }
    }
    return at;
  }

  private SimDirectory parent(Path path) throws IOException {
    return directory(path.getParent());
  }

  private static String name(Path path) {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  // The disk.

  @Override
  public DiskFile open(Path file, boolean create) throws IOException {
    check(Fault.OPEN, file);
    SimDirectory parent = parent(file);
    return switch (parent.get(name(file))) {
      case SimData data -> new SimFile(this, file, data);
      case null -> {
        if (!create) {
          throw new NoSuchFileException(file.toString());
        }
        check(Fault.SYNC, file); // a change
        var data = new SimData();
        parent.put(name(file), data);
        yield new SimFile(this, file, data);
      }
      default -> throw new FileSystemException(file.toString(), null, "Is a directory");
    };
  }

  @Override
  public DiskFile temporary(Path directory) throws IOException {
    check(Fault.OPEN, directory);
    var _ = directory(directory);
    return new SimFile(this, directory, new SimData());
  }

  @Override
  public boolean isDirectory(Path directory) throws IOException {
    check(Fault.LIST, directory);
    return parent(directory).get(name(directory)) instanceof SimDirectory;
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    check(Fault.RENAME, directory);
    SimDirectory parent = parent(directory);
    switch (parent.get(name(directory))) {
      case SimDirectory _ -> {}
      case null -> parent.put(name(directory), new SimDirectory());
      default -> throw new FileAlreadyExistsException(directory.toString());
    }
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    check(Fault.LIST, directory);
    List<String> names = new ArrayList<>(directory(directory).entries().keySet());
    Collections.shuffle(names, random);
    return names;
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    check(Fault.RENAME, from);
    SimDirectory parent = parent(from);
    if (!parent.equals(parent(to))) {
      throw new UnsupportedOperationException(from + " to " + to);
    }
    if (parent.get(name(from)) == null) {
      throw new NoSuchFileException(from.toString());
    }
    checkEmpty(to, parent.get(name(to)));
    parent.rename(name(from), name(to));
  }

  private static void checkEmpty(Path path, @Nullable Object node) throws IOException {
    if (node instanceof SimDirectory directory && !directory.entries().isEmpty()) {
      throw new DirectoryNotEmptyException(path.toString());
    }
  }

  @Override
  public void link(Path link, Path existing) throws IOException {
    check(Fault.LINK, link);
    Object node = parent(existing).get(name(existing));
    if (!(node instanceof SimData)) {
      throw new NoSuchFileException(existing.toString());
    }
    if (parent(link).get(name(link)) != null) {
      throw new FileAlreadyExistsException(link.toString());
    }
    parent(link).put(name(link), node);
  }

  @Override
  public void delete(Path path) throws IOException {
    check(Fault.DELETE, path);
    SimDirectory parent = parent(path);
    Object node = parent.get(name(path));
    checkEmpty(path, node);
    if (node != null) {
      parent.put(name(path), null);
    }
  }

  @Override
  public void sync(Path directory) throws IOException {
    SimDirectory synced = directory(directory);
    check(Fault.SYNC, directory);
    synced.sync();
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    open(file, true).close();
    if (lock != null) {
      throw new IOException("another process has it open");
    }
    var own = new Object();
    lock = own;
    return () -> lock = own.equals(lock) ? null : lock;
  }

  // For its open files.

  /** Which process it is; a file that another one had open is closed. */
  int life() {
    return life;
  }

  Random random() {
    return random;
  }

  /** How many bytes can be added; the largest number if there is no limit. */
  long room() {
    return bytesMax == Long.MAX_VALUE ? bytesMax : Math.max(0, bytesMax - bytes());
  }
}
