package dev.sluice.cli;

/** The exit statuses that are not a command's own. */
final class ExitStatus {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int NOT_EXECUTABLE = 126;
  static final int NOT_FOUND = 127;
  static final int INTERRUPTED = 130;

  private ExitStatus() {}
}
