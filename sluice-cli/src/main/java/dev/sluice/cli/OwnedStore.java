package dev.sluice.cli;

import dev.sluice.journal.Append;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import dev.sluice.journal.JournalStore;
import dev.sluice.journal.Offset;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The journals of a data directory, which has one owner at a time: what a {@code sluice run} has
 * left open there has no writer any more. Such a one is closed when it is first asked for, so that
 * nobody waits for what never comes; see {@link RunMark}.
 *
 * <p>Thread safety: all methods.
 */
final class OwnedStore implements JournalStore {
  private static final System.Logger LOG = System.getLogger("dev.sluice.cli");

  private final JournalStore store;

  /** Those that were made here, or looked at. */
  private final Set<Journal> known =
      Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));

  OwnedStore(JournalStore store) {
    this.store = store;
  }

  private void look(Journal journal) throws IOException {
    if (RunMark.mayBeOpen(journal) && known.add(journal) && RunMark.close(journal)) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0} is of a run that was killed, and is closed as such",
          journal.name());
    }
  }

  @Override
  public @Nullable Journal find(String name) throws IOException {
    Journal journal = store.find(name);
    if (journal != null) {
      look(journal);
    }
    return journal;
  }

  @Override
  public Opened open(String name, JournalOptions options, @Nullable Append first)
      throws IOException {
    return lookAt(store.open(name, options, first));
  }

  @Override
  public Opened fork(
      String name, Journal source, Offset at, JournalOptions options, @Nullable Append first)
      throws IOException {
    return lookAt(store.fork(name, source, at, options, first));
  }

  @Override
  public boolean isGone(String name) throws IOException {
    return store.isGone(name);
  }

  private Opened lookAt(Opened opened) throws IOException {
    if (opened.created()) {
      var _ = known.add(opened.journal());
    } else {
      look(opened.journal());
    }
    return opened;
  }

  @Override
  public boolean delete(Journal journal) throws IOException {
    return store.delete(journal);
  }

  @Override
  public List<String> names() {
    return store.names();
  }

  @Override
  public JournalLimits limits() {
    return store.limits();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
