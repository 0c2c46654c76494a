package dev.sluice.journal;

import java.io.IOException;
import java.io.Serial;

/**
 * The disk has no room; nothing has been appended. Readers go on, and so do appends as soon as
 * there is room.
 */
public final class DiskFullException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
