package dev.sluice.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A part of the rules of journals that holds wherever they are kept. A subclass says where; nothing
 * in here knows.
 */
abstract class JournalContract {
  /** Opens a store of some kind. */
  @FunctionalInterface
  interface Kept {
    /**
     * Opens one.
     *
     * @param directory its own, if it wants one; not there yet
     */
    JournalStore open(Path directory, JournalLimits limits) throws IOException;
  }

  private final Kept kept;
  private final Deque<JournalStore> stores = new ArrayDeque<>();
  @TempDir Path directory;

  JournalContract(Kept kept) {
    this.kept = kept;
  }

  /** Opens a store, which is closed after the test. */
  final JournalStore newStore(JournalLimits limits) throws IOException {
    JournalStore store = kept.open(directory.resolve("store-" + stores.size()), limits);
    stores.push(store);
    return store;
  }

  final JournalStore newStore() throws IOException {
    return newStore(JournalLimits.defaults());
  }

  /** The only journal of a new store. */
  final Journal newJournal(JournalLimits limits) throws IOException {
    return newStore(limits).open("test", JournalOptions.defaults()).journal();
  }

  final Journal newJournal() throws IOException {
    return newJournal(JournalLimits.defaults());
  }

  static Append text(String text) {
    return Append.of(text.getBytes(UTF_8));
  }

  static Append by(String producer, long epoch, long sequence, String text) {
    return text(text).withProducer(new ProducerSequence(producer, epoch, sequence));
  }

  static AppendResult appended(long tail) {
    return new AppendResult.Appended(new Offset(tail));
  }

  static String textOf(Journal journal) {
    return Records.of(journal).text();
  }

  @AfterEach
  final void closeStores() throws IOException {
    for (JournalStore store : stores) {
      store.close();
    }
  }
}
