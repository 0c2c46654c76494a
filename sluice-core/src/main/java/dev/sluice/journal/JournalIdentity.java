package dev.sluice.journal;

import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What never changes about a journal.
 *
 * @param id 8 hex digits, new for each journal, also for one of the same name
 * @param opened when it was created
 * @param origin where it was forked from, or null
 */
record JournalIdentity(
    String name, String id, JournalOptions options, Instant opened, @Nullable Origin origin) {
  /** Of a journal that is created now. */
  static JournalIdentity of(String name, JournalOptions options, @Nullable Origin origin) {
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    return new JournalIdentity(name, id, options, Instant.now(), origin);
  }

  @Override
  public String toString() {
    return name + "@" + id;
  }
}
