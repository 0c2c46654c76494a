package dev.sluice.cli;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Ends the command with a status and one line for the user: what failed, why, what to do. */
final class CliException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  CliException(int status, String message) {
    super(message);
    this.status = status;
  }

  CliException(int status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  int status() {
    return status;
  }
}
