package dev.sluice.cli;

import java.io.Serial;

/** Nobody takes what comes: standard output is closed, as by {@code head}. */
final class OutputClosed extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  OutputClosed(Throwable cause) {
    super(cause);
  }
}
