package dev.sluice.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds programs as a shell does, and says why it does not. */
final class ProgramFinder {
  /** What the C library takes where there is no PATH. */
  private static final String DEFAULT_PATH = "/bin:/usr/bin";

  private ProgramFinder() {}

  /**
   * Finds a program: a name with a slash is a path, seen from the directory; any other is looked
   * for on PATH, where directories and what may not be executed are passed over.
   */
  static Path find(String name, Path directory, @Nullable String searchPath)
      throws ProgramNotFoundException, ProgramNotExecutableException {
    try {
      return name.contains("/")
          ? atPath(name, directory.resolve(name))
          : onPath(name, directory, searchPath == null ? DEFAULT_PATH : searchPath);
    } catch (InvalidPathException e) {
      throw new ProgramNotFoundException(name, "cannot be the name of a file: " + e.getReason());
    }
  }

  private static Path atPath(String name, Path program)
      throws ProgramNotFoundException, ProgramNotExecutableException {
    if (Files.notExists(program)) {
      throw new ProgramNotFoundException(name, "no such file");
    }
    if (Files.isDirectory(program)) {
      throw new ProgramNotExecutableException(name, "is a directory, not a program");
    }
    if (!Files.isExecutable(program)) {
      throw new ProgramNotExecutableException(name, "permission to execute it is missing");
    }
    return program;
  }

  private static Path onPath(String name, Path directory, String searchPath)
      throws ProgramNotFoundException, ProgramNotExecutableException {
    Path notExecutable = null;
    for (String element :
        name.isEmpty() ? new String[0] : searchPath.split(File.pathSeparator, -1)) {
      Path candidate = directory.resolve(element).resolve(name);
      if (Files.isRegularFile(candidate)) {
        if (Files.isExecutable(candidate)) {
          return candidate;
        }
        notExecutable = notExecutable == null ? candidate : notExecutable;
      }
    }
    if (notExecutable != null) {
      throw new ProgramNotExecutableException(
          name, "permission to execute " + notExecutable + " is missing");
    }
    throw new ProgramNotFoundException(name, "no such program on PATH");
  }
}
