package dev.sluice.journal;

import java.time.Instant;

/** Whether journals have expired. */
final class Expiries {
  private Expiries() {}

  static boolean isOver(Journal journal) {
    return switch (journal.options().expiry()) {
      case Expiry.Never() -> false;
      case Expiry.Unused(var time) -> !journal.watched() && journal.unused().compareTo(time) >= 0;
      case Expiry.At(Instant time) -> !Instant.now().isBefore(time);
    };
  }
}
