package dev.sluice.journal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A named append-only log of bytes, in memory.
 *
 * <p>All segments but the last are full, so that the segment of a position is found by dividing.
 *
 * <p>Thread safety: one thread at a time appends and closes; overlapping calls throw {@link
 * IllegalStateException}. Everything else may be called by any thread, and takes no lock.
 */
public final class Journal {
  /** Records of one kind that are this close become one. */
  private static final long MERGE_MICROS = 1000;

  private final String name;
  private final String id;
  private final long bytesKept;
  private final AtomicBoolean writing = new AtomicBoolean();
  private final CopyOnWriteArrayList<Runnable> watchers = new CopyOnWriteArrayList<>();

  /** Replaced as a whole; never empty, never changed. */
  private volatile List<Segment> segments = List.of(new Segment(0));

  private volatile long tail;
  private volatile @Nullable Ending ending;

  /**
   * An empty journal.
   *
   * @param name what it is called
   * @param bytesKept how many of the latest bytes are kept at least; what exceeds them is dropped
   *     in segments of 256 KiB
   * @throws IllegalArgumentException if nothing would be kept
   */
  public Journal(String name, long bytesKept) {
    if (bytesKept < 1) {
      throw new IllegalArgumentException("a journal that keeps " + bytesKept + " bytes");
    }
    this.name = name;
    this.bytesKept = bytesKept;
    this.id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }

  /** What it is called. */
  public String name() {
    return name;
  }

  /** Its identity: 8 hex digits, new for each journal, also for one of the same name. */
  public String id() {
    return id;
  }

  /** How many of the latest bytes are kept at least. */
  public long bytesKept() {
    return bytesKept;
  }

  /** The oldest byte that is kept. */
  public Offset start() {
    return new Offset(segments.getFirst().base());
  }

  /** Where the next byte will be. */
  public Offset tail() {
    return new Offset(tail);
  }

  /** How it was closed, or null while it is open. After that the tail does not change. */
  public @Nullable Ending ending() {
    return ending;
  }

  /**
   * Appends bytes.
   *
   * @param kind what they are
   * @param time when they came
   * @param bytes where they are; they have been copied when this returns
   * @return the offset after them
   * @throws IllegalStateException if the journal is closed, or another thread appends
   */
  public Offset append(Kind kind, Instant time, byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    claim();
    try {
      if (ending != null) {
        throw new IllegalStateException("append to journal " + name + ", which is closed");
      }
      long micros = time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
      Segment last = segments.getLast();
      long end = tail;
      for (int done = 0; done < length; ) {
        if (last.room() == 0) {
          last = addSegment();
        }
        int part = Math.min(length - done, last.room());
        last.append(kind, micros, bytes, offset + done, part, MERGE_MICROS);
        done += part;
        end += part;
        tail = end; // publishes the part
      }
    } finally {
      writing.set(false);
    }
    wake();
    return new Offset(tail);
  }

  /**
   * Closes it: nothing more will be appended.
   *
   * @throws IllegalStateException if it is closed already, or another thread appends
   */
  public void close(Ending how) {
    claim();
    try {
      if (ending != null) {
        throw new IllegalStateException("journal " + name + " is closed already");
      }
      ending = how;
    } finally {
      writing.set(false);
    }
    wake();
  }

  /**
   * Calls an action after each append and after the close, on the writer's thread: it must be quick
   * and must not throw. Look at the tail again after this: what came before is not told.
   *
   * @return undoes it
   */
  public Runnable watch(Runnable action) {
    watchers.add(action);
    var undone = new AtomicBoolean();
    return () -> {
      if (undone.compareAndSet(false, true)) { // the same action may watch twice
        watchers.remove(action);
      }
    };
  }

  /**
   * Reads the records from one position to another.
   *
   * @param from not before {@link #start}
   * @param to at most the tail
   * @return whether all of it was still there; if not, the sink got nothing or a part
   */
  public boolean read(long from, long to, RecordSink sink) {
    List<Segment> now = segments;
    long start = now.getFirst().base();
    long position = from;
    while (position < to) {
      if (position < start) {
        return false;
      }
      Segment segment = now.get((int) ((position - start) / Segment.BYTES));
      int index = (int) (position - segment.base());
      int until = (int) Math.min(Segment.BYTES, to - segment.base());
      readSegment(segment, index, until, sink);
      position = segment.base() + until;
    }
    return true;
  }

  private static void readSegment(Segment segment, int from, int until, RecordSink sink) {
    int index = from;
    for (int record = segment.recordAt(from); index < until; record++) {
      int end = Math.min(segment.recordEnd(record), until);
      sink.accept(
          segment.recordKind(record),
          segment.recordTime(record),
          segment.base() + end,
          segment.bytes(),
          index,
          end - index);
      index = end;
    }
  }

  private Segment addSegment() {
    List<Segment> all = segments;
    int drop = 0;
    while (drop < all.size() - 1 && tail - all.get(drop + 1).base() >= bytesKept) {
      drop++;
    }
    Segment added = new Segment(tail);
    List<Segment> next = new ArrayList<>(all.subList(drop, all.size()));
    next.add(added);
    segments = List.copyOf(next);
    return added;
  }

  private void wake() {
    for (Runnable watcher : watchers) {
      watcher.run();
    }
  }

  private void claim() {
    if (!writing.compareAndSet(false, true)) {
      throw new IllegalStateException("journal " + name + " has one writer at a time");
    }
  }
}
