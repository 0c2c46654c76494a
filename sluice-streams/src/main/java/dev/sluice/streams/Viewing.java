package dev.sluice.streams;

import dev.sluice.CloseReason;
import dev.sluice.Encoding;
import dev.sluice.Response;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * Lets responses follow journals, and counts them.
 *
 * @param onViewers told how many a journal has when that changes
 */
record Viewing(Journals journals, ObjIntConsumer<Journal> onViewers) {
  void follow(Journal journal, Offset from, Encoding encoding, Response response)
      throws IOException {
    onViewers.accept(journal, journals.joined(journal));
    var left = new AtomicBoolean();
    Consumer<CloseReason> onEnd =
        reason -> {
          if (left.compareAndSet(false, true)) {
            onViewers.accept(journal, journals.left(journal));
          }
        };
    try {
      response.follow(journal, from, encoding, onEnd);
    } catch (IOException | RuntimeException e) {
      onEnd.accept(CloseReason.CLIENT_GONE); // a head that was not sent is told to nobody else
      throw e;
    }
  }
}
