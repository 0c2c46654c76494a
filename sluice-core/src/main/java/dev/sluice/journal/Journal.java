package dev.sluice.journal;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named append-only log of bytes.
 *
 * <p>Thread safety: all methods may be called by any thread. Appends take turns; one that has been
 * acknowledged is seen by every reader. Reading takes no lock; what is not in memory is read by a
 * storage thread, which the caller waits for.
 */
public final class Journal {
  /** How it was closed, and where it then ends: the tail may still be on its way there. */
  private record ClosedAt(AppendState.Closing how, long position) {}

  private final JournalIdentity identity;
  private final Contents contents;
  private final AppendState state;
  private final Appender appender;
  private final Watchers watchers = new Watchers();
  private volatile @Nullable ClosedAt closedAt;
  private volatile boolean deleted;
  private volatile boolean abandoned;
  private volatile long usedNanos = System.nanoTime();

  /**
   * An empty journal of plain text, in memory.
   *
   * @param name what it is called
   * @param bytesKept how many of the latest bytes are kept at least
   * @throws IllegalArgumentException if nothing would be kept
   */
  public Journal(String name, long bytesKept) {
    this(
        name,
        JournalOptions.defaults()
            .withContentType("text/plain; charset=utf-8")
            .withRetention(Retention.ofBytes(bytesKept)));
  }

  /** An empty journal in memory. */
  public Journal(String name, JournalOptions options) {
    this(
        JournalIdentity.of(name, options, null),
        new Contents(List.of(), 0),
        new AppendState(),
        new MemoryAppender());
  }

  Journal(JournalIdentity identity, Contents contents, AppendState state, Appender appender) {
    this.identity = identity;
    this.contents = contents;
    this.state = state;
    this.appender = appender;
    replayed();
  }

  /** What it is called. */
  public String name() {
    return identity.name();
  }

  /** Its identity: 8 hex digits, new for each journal, also for one of the same name. */
  public String id() {
    return identity.id();
  }

  /** What was settled when it was created. */
  public JournalOptions options() {
    return identity.options();
  }

  /** When it was created. */
  public Instant opened() {
    return identity.opened();
  }

  /** Where it was forked from, or null; also of one whose source is gone. */
  public @Nullable Origin origin() {
    return identity.origin();
  }

  /** The oldest byte that is kept. */
  public Offset start() {
    return new Offset(contents.start());
  }

  /** Where the next byte will be. */
  public Offset tail() {
    return new Offset(contents.tail());
  }

  /** How it was closed, or null while it is open. After that the tail does not change. */
  public @Nullable Ending ending() {
    AppendState.Closing how = closing();
    return how == null ? null : how.ending();
  }

  /**
   * Whether it is closed, and ends at a position. Of bytes that were appended together with the
   * close this is known as soon as they are seen.
   */
  public boolean endsAt(long position) {
    ClosedAt known = closedAt;
    return known != null && known.position() == position;
  }

  /** When it was closed, or null while it is open. */
  public @Nullable Instant closed() {
    AppendState.Closing how = closing();
    return how == null ? null : how.time();
  }

  private AppendState.@Nullable Closing closing() {
    ClosedAt known = closedAt;
    return known == null || known.position() != contents.tail() ? null : known.how();
  }

  /** Whether it was deleted, or has expired: it is not going to end, and must not look whole. */
  public boolean deleted() {
    return deleted;
  }

  /**
   * Whoever appended to it is gone and has not closed it: viewers get what is there and are then
   * cut, so that they neither wait for ever nor take it for whole. Not kept on disk; an append
   * takes it back.
   */
  public void abandon() {
    abandoned = true;
    wake();
  }

  /** Whether it was abandoned. */
  public boolean abandoned() {
    return abandoned;
  }

  /**
   * Appends; waits until it is acknowledged. An interrupt does not end the wait, and stays set.
   *
   * @return what became of it
   * @throws JournalLimitException if it would exceed a limit; nothing has changed
   * @throws DiskFullException if there is no room; nothing has changed
   * @throws StorageFailedException if the disk has failed; it may be there after a restart
   * @throws IOException if the journal's store is closed
   */
  public AppendResult append(Append append) throws IOException {
    return appender.append(this, append);
  }

  /**
   * Appends bytes, as {@link #append(Append)}.
   *
   * @return the offset after them
   * @throws IllegalStateException if the journal is closed or deleted
   */
  public Offset append(Kind kind, Instant time, byte[] bytes, int offset, int length)
      throws IOException {
    return switch (append(Append.of(kind, time, bytes, offset, length))) {
      case AppendResult.Appended(Offset tail) -> tail;
      case AppendResult refused ->
          throw new IllegalStateException("append to journal " + name() + ": " + refused);
    };
  }

  /**
   * Closes it: nothing more will be appended.
   *
   * @throws IllegalStateException if it is closed already, or deleted
   */
  public void close(Ending how) throws IOException {
    if (!(append(Append.close(how)) instanceof AppendResult.Appended)) {
      throw new IllegalStateException("journal " + name() + " is closed already");
    }
  }

  /**
   * Calls an action after each append, after the close, and when it is deleted; on the writer's
   * thread: it must be quick, must not throw, and must not append. Look at the tail again after
   * this: what came before is not told.
   *
   * @return undoes it
   */
  public Runnable watch(Runnable action) {
    use();
    Runnable undo = watchers.add(action);
    return () -> {
      use();
      undo.run();
    };
  }

  /**
   * Reads the records from one position to another. What is before {@link #memoryFrom} is read from
   * files, which may block.
   *
   * @param to at most the tail
   * @return whether all of it was there; if not, the sink got nothing or a part, and {@link
   *     #readableFrom} tells where to go on
   */
  public boolean read(long from, long to, RecordSink sink) {
    return StorageThreads.isOne()
        ? contents.read(from, to, sink)
        : RecordCopy.read(contents, from, to, sink);
  }

  /** The first position at or after one that can be read: behind what was dropped or damaged. */
  public long readableFrom(long position) {
    return contents.readableFrom(position);
  }

  /** From this position on, reading is a matter of memory and never blocks. */
  public long memoryFrom() {
    return contents.memoryFrom();
  }

  /**
   * How far {@link #transferTo} can go from a position: to the end of what one file holds.
   *
   * @return the position itself if it is not in a file
   */
  public long fileEnd(long position) {
    SegmentFile file = contents.fileAt(position);
    return file == null ? position : file.end();
  }

  /**
   * Sends bytes as they are from a file to a channel, without copying them if the channel is a
   * socket's. To be called on a storage thread.
   *
   * @param to at most {@link #fileEnd}
   * @return how many bytes were sent, fewer if the channel does not take more now; negative if they
   *     cannot be read
   * @throws IOException if the channel fails
   */
  public long transferTo(long from, long to, WritableByteChannel channel) throws IOException {
    SegmentFile file = contents.fileAt(from);
    return file == null ? -1 : file.transferTo(from, to, channel);
  }

  /**
   * Runs what may block on files, on one of the few threads for that; in turn, and never on the
   * caller's.
   */
  public static void onStorageThread(Runnable task) {
    StorageThreads.execute(task);
  }

  AppendState state() {
    return state;
  }

  Contents contents() {
    return contents;
  }

  /** Puts in what was checked and is safe. The caller wakes. */
  void apply(Append append) {
    if (abandoned) {
      abandoned = false;
    }
    Ending ending = append.ending();
    if (ending != null) {
      var how = new AppendState.Closing(ending, append.micros(), append.producer());
      closedAt = new ClosedAt(how, contents.tail() + append.length());
    }
    contents.append(
        append.kind(), append.micros(), append.bytes(), append.offset(), append.length());
  }

  /** A log has told of an append that was made before this process. */
  void replayed() {
    AppendState.Closing how = state.closing();
    closedAt = how == null ? null : new ClosedAt(how, contents.tail());
  }

  /** It is deleted: lets no more appends in, and tells who watches. */
  void end() {
    var _ = appender.end(this, () -> true);
    deleted = true;
    wake();
  }

  /** Lets no more appends in if it has expired, and not been used in the last moment. */
  boolean endIfExpired() {
    return appender.end(this, () -> Expiries.isOver(this));
  }

  void wake() {
    watchers.wake();
  }

  boolean watched() {
    return !watchers.isEmpty();
  }

  /** Takes note that somebody uses it: it then expires later. */
  public void use() {
    usedNanos = System.nanoTime();
  }

  /** How long nobody has used it. */
  Duration unused() {
    return Duration.ofNanos(System.nanoTime() - usedNanos);
  }

  @Override
  public String toString() {
    return identity.toString();
  }
}
