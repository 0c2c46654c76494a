package dev.sluice.journal;

/** What became of an append. In all cases but {@link Appended} nothing has changed. */
public sealed interface AppendResult {
  /**
   * It is in the journal; on disk, if that is durable.
   *
   * @param tail the offset after it
   */
  record Appended(Offset tail) implements AppendResult {}

  /**
   * It was in the journal already: its producer sent it again.
   *
   * @param tail where the journal ends
   * @param sequence the highest that the producer has appended in this epoch
   */
  record Duplicate(Offset tail, long sequence) implements AppendResult {}

  /**
   * The journal is closed.
   *
   * @param tail where it ends
   */
  record Closed(Offset tail) implements AppendResult {}

  /** The journal was deleted, or has expired. */
  record Deleted() implements AppendResult {}

  /**
   * It does not end where it was expected to.
   *
   * @param tail where it ends
   */
  record TailMoved(Offset tail) implements AppendResult {}

  /**
   * The producer was fenced off by a later life of its own.
   *
   * @param epoch the latest
   */
  record StaleEpoch(long epoch) implements AppendResult {}

  /**
   * A sequence is missing in between; a new epoch begins at 0.
   *
   * @param expected the sequence that would be next
   * @param received the one that came
   * @param newEpoch whether it is the first of its epoch
   */
  record SequenceGap(long expected, long received, boolean newEpoch) implements AppendResult {}

  /**
   * The writer's sequence is not above the last one.
   *
   * @param last that one
   */
  record SequenceRegression(String last) implements AppendResult {}
}
