package dev.sluice.server;

import java.io.IOException;
import java.io.Serial;

/** A client saw that a response is not whole. */
final class CutException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  CutException(String how) {
    super(how);
  }
}
