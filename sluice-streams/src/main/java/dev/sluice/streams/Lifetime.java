package dev.sluice.streams;

import dev.sluice.journal.Journal;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * When a journal was opened and closed.
 *
 * <p>Thread safety: all methods may be called by any thread.
 */
public final class Lifetime {
  private final Instant opened = Instant.now();
  private final AtomicReference<@Nullable Instant> closed = new AtomicReference<>();

  private Lifetime() {}

  /** The lifetime of a journal that is opened just now. */
  public static Lifetime of(Journal journal) {
    var lifetime = new Lifetime();
    journal.watch(() -> {
      if (journal.ending() != null) {
        lifetime.closed();
      }
    });
    if (journal.ending() != null) {
      lifetime.closed();
    }
    return lifetime;
  }

  /** When it was opened. */
  public Instant opened() {
    return opened;
  }

  /** When it was closed; to be asked once it is. The first answer stays. */
  public Instant closed() {
    Instant time = closed.get();
    if (time != null) {
      return time;
    }
    // A reader may see the end before the watch tells of it.
    Instant now = Instant.now();
    Instant first = closed.compareAndExchange(null, now);
    return first == null ? now : first;
  }
}
