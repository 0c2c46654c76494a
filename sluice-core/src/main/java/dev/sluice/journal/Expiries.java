package dev.sluice.journal;

import java.time.Instant;

/** Whether journals have expired. */
final class Expiries {
  private Expiries() {}

  static boolean isOver(Journal journal) {
    return switch (journal.options().expiry()) {
      case Expiry.Never() -> false;
      case Expiry.Unused(var time) ->
          !journal.watched() && !Instant.now().isBefore(journal.used().plus(time));
      case Expiry.At(Instant time) -> !Instant.now().isBefore(time);
    };
  }
}
