package dev.sluice.journal;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What decides whether an append happens: where the journal ends, whether it is closed, and how far
 * its producers are. It runs ahead of what readers see, by what is on its way to the disk.
 *
 * <p>Thread: the one that appends.
 */
final class AppendState {
  /** How a journal was closed. */
  record Closing(Ending ending, long micros, @Nullable ProducerSequence by) {
    Instant time() {
      return Micros.toInstant(micros);
    }
  }

  /** What an append has replaced, to put it back. */
  record Undo(
      long tail,
      @Nullable Closing closing,
      @Nullable String writerSequence,
      @Nullable String producer,
      Producers.@Nullable Progress progress) {}

  /** What the metadata file says of it. */
  record Snapshot(
      @Nullable Closing closing,
      @Nullable String writerSequence,
      Map<String, Producers.Progress> producers) {
    /** Open, and nothing of writers. */
    static final Snapshot NEW = new Snapshot(null, null, Map.of());
  }

  private final Producers producers = new Producers();
  private long tail;
  private @Nullable Closing closing;
  private @Nullable String writerSequence;
  private boolean deleted;
  private boolean changed;
  private final AtomicReference<@Nullable Snapshot> snapshot = new AtomicReference<>();

  long tail() {
    return tail;
  }

  void tail(long position) {
    tail = position;
  }

  int producerCount() {
    return producers.count();
  }

  @Nullable Closing closing() {
    return closing;
  }

  void delete() {
    deleted = true;
  }

  /** Takes over what a metadata file says. */
  void restore(Snapshot saved) {
    closing = saved.closing();
    writerSequence = saved.writerSequence();
    saved.producers().forEach(producers::put);
  }

  /**
   * Why an append does not happen, or null if it does.
   *
   * @throws JournalLimitException if it would exceed a limit
   */
  @Nullable AppendResult check(Append append, long start, Journal journal, JournalLimits limits)
      throws JournalLimitException {
    if (deleted) {
      return new AppendResult.Deleted();
    }
    ProducerSequence producer = append.producer();
    Closing closed = closing;
    if (closed != null) {
      if (producer != null && append.ending() != null && producer.equals(closed.by())) {
        return new AppendResult.Duplicate(new Offset(tail), producer.sequence());
      }
      return new AppendResult.Closed(new Offset(tail));
    }
    if (producer != null) {
      AppendResult refused = producers.check(producer, tail);
      if (refused != null) {
        return refused;
      }
    }
    String sequence = append.writerSequence();
    String last = writerSequence;
    if (sequence != null && last != null && sequence.compareTo(last) <= 0) {
      return new AppendResult.SequenceRegression(last);
    }
    Offset expected = append.expectedTail();
    if (expected != null && expected.position() != tail) {
      return new AppendResult.TailMoved(new Offset(tail));
    }
    checkLimits(append, start, journal, limits);
    return null;
  }

  private void checkLimits(Append append, long start, Journal journal, JournalLimits limits)
      throws JournalLimitException {
    if (append.length() > limits.recordBytesMax()) {
      throw new JournalLimitException(
          JournalLimitException.Limit.RECORD_BYTES,
          "an append of %d bytes: %d are the most; send less at once"
              .formatted(append.length(), limits.recordBytesMax()));
    }
    boolean dropsByItself = journal.options().retention().bytes() < limits.journalBytesMax();
    if (!dropsByItself && tail + append.length() - start > limits.journalBytesMax()) {
      throw new JournalLimitException(
          JournalLimitException.Limit.JOURNAL_BYTES,
          "journal %s is full: %d bytes are the most; begin another one"
              .formatted(journal.name(), limits.journalBytesMax()));
    }
    ProducerSequence producer = append.producer();
    if (producer != null
        && !producers.knows(producer.id())
        && producers.count() >= limits.producersMax()) {
      throw new JournalLimitException(
          JournalLimitException.Limit.PRODUCERS,
          "journal %s knows %d producers, which are the most; use one of those, or another journal"
              .formatted(journal.name(), limits.producersMax()));
    }
  }

  /** Takes note of an append that was checked. */
  Undo advance(Append append) {
    ProducerSequence producer = append.producer();
    Ending ending = append.ending();
    var undo =
        new Undo(
            tail,
            closing,
            writerSequence,
            producer == null ? null : producer.id(),
            producer == null ? null : producers.get(producer.id()));
    tail += append.length();
    String sequence = append.writerSequence();
    changed |= producer != null || sequence != null || ending != null;
    if (sequence != null) {
      writerSequence = sequence;
    }
    if (producer != null) {
      producers.put(producer.id(), new Producers.Progress(producer.epoch(), producer.sequence()));
    }
    if (ending != null) {
      closing = new Closing(ending, append.micros(), producer);
    }
    return undo;
  }

  /**
   * Takes note of an append that a log tells of, perhaps once more.
   *
   * @param end where the journal ends now
   */
  void replay(Append append, long end) {
    changed = true;
    tail = end;
    ProducerSequence producer = append.producer();
    if (producer != null) {
      producers.advance(producer);
    }
    String sequence = append.writerSequence();
    String last = writerSequence;
    if (sequence != null && (last == null || sequence.compareTo(last) > 0)) {
      writerSequence = sequence;
    }
    Ending ending = append.ending();
    if (ending != null) {
      closing = new Closing(ending, append.micros(), producer);
    }
  }

  /** Puts back what an append has replaced; the latest first. */
  void undo(Undo undo) {
    tail = undo.tail();
    closing = undo.closing();
    writerSequence = undo.writerSequence();
    String producer = undo.producer();
    if (producer != null) {
      producers.put(producer, undo.progress());
    }
  }

  /** Keeps what the metadata file has to say, if that has changed. */
  void takeSnapshot() {
    if (changed) {
      snapshot.set(new Snapshot(closing, writerSequence, producers.all()));
      changed = false;
    }
  }

  /** What was kept, or null; any thread. */
  @Nullable Snapshot snapshot() {
    return snapshot.get();
  }

  /** It is in the metadata file; any thread. */
  void saved(Snapshot written) {
    snapshot.compareAndSet(written, null);
  }
}
