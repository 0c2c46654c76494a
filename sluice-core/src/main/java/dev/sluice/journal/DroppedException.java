package dev.sluice.journal;

import java.io.IOException;
import java.io.Serial;

/** A segment file is not kept any more: nothing is wrong with that. */
final class DroppedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  DroppedException(String name) {
    super(name + " is not kept any more");
  }
}
