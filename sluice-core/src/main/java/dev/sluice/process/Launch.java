package dev.sluice.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds a program, starts it, and says why that cannot be done. */
final class Launch {
  private static final Path SHELL = Path.of("/bin/sh");

  /** As much of a file as bash looks at to tell a script from a program of another system. */
  private static final int LOOKED_AT_BYTES = 80;

  private static final int E2BIG = 7;
  private static final int ENOEXEC = 8;
  private static final int ENOMEM = 12;
  private static final int EACCES = 13;
  private static final int ETXTBSY = 26;

  private final List<String> arguments;
  private final CommandOptions options;
  private final Path directory;
  private final Map<String, String> environment;

  private Launch(List<String> arguments, CommandOptions options, String cookie) {
    this.arguments = arguments;
    this.options = options;
    this.directory = options.directory().toAbsolutePath();
    this.environment = new HashMap<>(options.environment());
    String outer = environment.getOrDefault(Family.VARIABLE, System.getenv(Family.VARIABLE));
    environment.put(Family.VARIABLE, Family.variable(cookie, outer));
  }

  /** Starts a program with these files: its process. */
  static int start(
      List<String> arguments, CommandOptions options, String cookie, StandardFiles files)
      throws IOException {
    return new Launch(arguments, options, cookie).start(files);
  }

  private int start(StandardFiles files) throws IOException {
    checkDirectory();
    String searchPath = environment.getOrDefault("PATH", System.getenv("PATH"));
    Path program = ProgramFinder.find(arguments.getFirst(), directory, searchPath);
    int result = spawn(program, arguments, files);
    if (result == -ENOEXEC && isText(program)) {
      result = spawn(SHELL, asScript(program), files);
    }
    if (result < 0) {
      throw failure(program, -result);
    }
    return result;
  }

  private void checkDirectory() throws IOException {
    if (Files.notExists(directory)) {
      throw new NoSuchFileException(directory + ": the working directory does not exist");
    }
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory + ": the working directory is no directory");
    }
  }

  private int spawn(Path program, List<String> argv, StandardFiles files) throws IOException {
    try (Arena arena = Arena.ofConfined();
        Spawn spawn = new Spawn()) {
      files.giveTo(spawn);
      if (!options.directory().equals(Path.of(""))) {
        spawn.directory(directory);
      }
      MemorySegment variables = NativeStrings.environment(arena, environment);
      return spawn.start(program, argv, variables);
    }
  }

  /** A script without a first line that names its interpreter is the shell's, as for execvp(3). */
  private List<String> asScript(Path program) {
    List<String> argv = new ArrayList<>(List.of("sh", program.toString()));
    argv.addAll(arguments.subList(1, arguments.size()));
    return argv;
  }

  private static boolean isText(Path program) throws IOException {
    try (var file = new FileInputStream(program.toFile())) {
      for (byte b : file.readNBytes(LOOKED_AT_BYTES)) {
        if (b == '\n') {
          return true;
        }
        if (b == 0) {
          return false;
        }
      }
      return true;
    }
  }

  private IOException failure(Path program, int error) {
    String name = arguments.getFirst();
    return switch (error) {
      case Libc.ENOENT ->
          new ProgramNotExecutableException(
              name, program + " is there, but not the interpreter that it names");
      case EACCES, Libc.EPERM ->
          new ProgramNotExecutableException(
              name, "permission to execute " + program + " is missing");
      case ENOEXEC ->
          new ProgramNotExecutableException(
              name, program + " is neither a program for this system nor a script");
      case ETXTBSY ->
          new ProgramNotExecutableException(name, program + " is open for writing elsewhere");
      case E2BIG -> new IOException(name + ": its arguments and environment are too long");
      case Libc.EAGAIN, ENOMEM ->
          new IOException(name + ": the system has no room for another process");
      default -> new IOException(name + ": " + Libc.failure("posix_spawn", -error).getMessage());
    };
  }
}
