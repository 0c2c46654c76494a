package dev.sluice.journal;

import java.io.IOException;
import java.io.Serial;

/**
 * The disk has failed to keep what it took, so that nothing more is appended until the data
 * directory is opened anew. What was to be appended may be there then, or not. Readers go on.
 */
public final class StorageFailedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  StorageFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
