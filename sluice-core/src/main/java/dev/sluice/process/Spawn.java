package dev.sluice.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Starts one program with posix_spawn(3), as the leader of a session of its own, with the default
 * action for every signal and none blocked. It inherits the standard files, or what takes their
 * place, and no other: most files of the JDK are not closed on exec.
 *
 * <p>Thread safety: none; it is used once by one thread.
 */
final class Spawn implements AutoCloseable {
  private static final int FLAGS = 0x04 | 0x08 | 0x80; // SETSIGDEF, SETSIGMASK, SETSID

  /** More than posix_spawnattr_t (336), posix_spawn_file_actions_t (80) and sigset_t (128) need. */
  private static final int STRUCT_BYTES = 1024;

  private static final int FIRST_NOT_INHERITED = 3;
  private static final int NULL_MODE = 0;

  private static final String ACTIONS = "posix_spawn_file_actions_";
  private static final MemorySegment SPAWN = Libc.function("posix_spawn");
  private static final MemorySegment ATTRIBUTES_INIT = Libc.function("posix_spawnattr_init");
  private static final MemorySegment ATTRIBUTES_DESTROY = Libc.function("posix_spawnattr_destroy");
  private static final MemorySegment SET_FLAGS = Libc.function("posix_spawnattr_setflags");
  private static final MemorySegment SET_DEFAULT = Libc.function("posix_spawnattr_setsigdefault");
  private static final MemorySegment ACTIONS_INIT = Libc.function(ACTIONS + "init");
  private static final MemorySegment ACTIONS_DESTROY = Libc.function(ACTIONS + "destroy");
  private static final MemorySegment ADD_DUP2 = Libc.function(ACTIONS + "adddup2");
  private static final MemorySegment ADD_OPEN = Libc.function(ACTIONS + "addopen");
  private static final MemorySegment ADD_CLOSE = Libc.function(ACTIONS + "addclose");

  /** glibc 2.29, musl 1.1.24. */
  private static final Optional<MemorySegment> ADD_CHDIR =
      Libc.functionIfThere(ACTIONS + "addchdir_np");

  /** glibc 2.34. */
  private static final Optional<MemorySegment> ADD_CLOSE_FROM =
      Libc.functionIfThere(ACTIONS + "addclosefrom_np");

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment attributes = arena.allocate(STRUCT_BYTES);
  private final MemorySegment actions = arena.allocate(STRUCT_BYTES);

  private final boolean closesFrom;

  Spawn() {
    this(ADD_CLOSE_FROM.isPresent());
  }

  /** For tests: as with an older C library. */
  Spawn(boolean closesFrom) {
    this.closesFrom = closesFrom;
    MemorySegment allSignals = arena.allocate(STRUCT_BYTES).fill((byte) 0xFF);
    int result = Libc.call(ATTRIBUTES_INIT, attributes.address());
    result |= Libc.call(ACTIONS_INIT, actions.address());
    result |= Libc.call(SET_FLAGS, attributes.address(), FLAGS);
    result |= Libc.call(SET_DEFAULT, attributes.address(), allSignals.address());
    if (result != 0) {
      throw new IllegalStateException("posix_spawn could not be prepared");
    }
  }

  /** Gives the program an open file of ours as one of its standard files. */
  void giveFile(Descriptor ours, int theirs) throws IOException {
    add("dup2", Libc.call(ADD_DUP2, actions.address(), ours.number(), theirs));
  }

  /** Gives the program {@code /dev/null} as one of its standard files. */
  void giveNull(int theirs) throws IOException {
    int flags = theirs == 0 ? Libc.O_RDONLY : Libc.O_WRONLY;
    MemorySegment path = arena.allocateFrom("/dev/null");
    add("open", Libc.call(ADD_OPEN, actions.address(), theirs, path.address(), flags, NULL_MODE));
  }

  void directory(Path directory) throws IOException {
    if (ADD_CHDIR.isEmpty()) {
      throw new IOException(
          directory + ": a working directory needs glibc 2.29 or musl 1.1.24, or newer");
    }
    MemorySegment path = NativeStrings.of(arena, directory.toString());
    add("chdir", Libc.call(ADD_CHDIR.get(), actions.address(), path.address()));
  }

  /**
   * Starts the program.
   *
   * @param program a path, seen from the program's directory
   * @param environment as {@link NativeStrings#environment} makes it
   * @return its process, or the negated errno
   */
  int start(Path program, List<String> arguments, MemorySegment environment) throws IOException {
    inheritNothingElse();
    MemorySegment process = arena.allocate(JAVA_INT);
    int error =
        Libc.call(
            SPAWN,
            process.address(),
            NativeStrings.of(arena, program.toString()).address(),
            actions.address(),
            attributes.address(),
            NativeStrings.array(arena, arguments).address(),
            environment.address());
    return error == 0 ? process.get(JAVA_INT, 0) : -error;
  }

  private void inheritNothingElse() throws IOException {
    if (closesFrom) {
      add(
          "closefrom",
          Libc.call(ADD_CLOSE_FROM.orElseThrow(), actions.address(), FIRST_NOT_INHERITED));
    } else {
      closeEachOpenFile();
    }
  }

  /**
   * For older C libraries. A file that the JDK opens meanwhile and does not mark is inherited; our
   * pipes are marked.
   */
  private void closeEachOpenFile() throws IOException {
    for (int number : ProcessTable.openFiles()) {
      if (number >= FIRST_NOT_INHERITED) {
        add("close", Libc.call(ADD_CLOSE, actions.address(), number));
      }
    }
  }

  private static void add(String action, int error) throws IOException {
    if (error != 0) {
      throw Libc.failure("adding " + action + " to posix_spawn", -error);
    }
  }

  @Override
  public void close() {
    var _ = Libc.call(ATTRIBUTES_DESTROY, attributes.address());
    var _ = Libc.call(ACTIONS_DESTROY, actions.address());
    arena.close();
  }
}
