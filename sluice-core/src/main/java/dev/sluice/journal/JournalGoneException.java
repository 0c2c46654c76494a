package dev.sluice.journal;

import java.io.IOException;
import java.io.Serial;

/**
 * A name is not free although it has no journal, see {@link JournalStore#isGone}; or what was to be
 * forked is not there any more. Nothing has happened.
 */
public final class JournalGoneException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private JournalGoneException(String message) {
    super(message);
  }

  /** Of a name. */
  static JournalGoneException name(String name) {
    return new JournalGoneException(
        "journal %s was deleted, and forks of it are left: delete those, or use another name"
            .formatted(name));
  }

  /** Of what was to be forked. */
  static JournalGoneException source(Journal source) {
    return new JournalGoneException("a fork of %s, which was deleted".formatted(source));
  }
}
