package dev.sluice.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a journal on disk: a file of its literal bytes, and an index beside it that says
 * where each record ends, when it came, of which kind it is, and its checksum.
 *
 * <p>Files are open only while they are read or written: thousands of journals are. Bytes are
 * checked against the index when they are first read; where they are damaged, that is said once,
 * and the rest stays readable.
 *
 * <p>Thread safety: one thread writes and publishes the end; storage threads read what is before.
 */
class SegmentFile {
  private static final System.Logger LOG = System.getLogger("dev.sluice.journal");

  /** Bytes that are sent unseen are checked once, that many together. */
  private static final int STRIPE_BYTES = 1024 * 1024;

  /** Opens one of the two files. */
  @FunctionalInterface
  interface Opener {
    DiskFile open() throws IOException;
  }

  /**
   * Bytes that cannot be read.
   *
   * @param from position of the first
   * @param to position after the last
   */
  private record Damage(long from, long to) {}

  private final String name;
  private final Opener data;
  private final Opener index;
  private final long base;
  private final List<Damage> damages = new CopyOnWriteArrayList<>();
  private volatile long end;
  private final BitSet checked = new BitSet();
  private volatile boolean dropped;
  private boolean sealed;
  private int entryCount;
  private volatile long writtenFrom;
  private volatile @Nullable Instant born;

  /**
   * A segment.
   *
   * @param name what people find it by
   * @param base position of its first byte in the journal
   */
  SegmentFile(String name, Opener data, Opener index, long base) {
    this.name = name;
    this.data = data;
    this.index = index;
    this.base = base;
    this.end = base;
    this.writtenFrom = base;
  }

  static String dataName(long base) {
    return "%016d.data".formatted(base);
  }

  static String indexName(long base) {
    return "%016d.index".formatted(base);
  }

  String name() {
    return name;
  }

  long base() {
    return base;
  }

  /** Nothing is written to it any more, at least not by this journal. */
  void seal() {
    sealed = true;
  }

  boolean isSealed() {
    return sealed;
  }

  /** Position after its last byte. */
  long end() {
    return end;
  }

  int entryCount() {
    return entryCount;
  }

  DiskFile openData() throws IOException {
    return data.open();
  }

  DiskFile openIndex() throws IOException {
    return index.open();
  }

  /** Whether its first record came so long ago. */
  boolean isOlderThan(Duration age) {
    Instant first = born;
    if (first == null) {
      first = readBorn();
      born = first;
    }
    return first != null && Duration.between(first, Instant.now()).compareTo(age) > 0;
  }

  private @Nullable Instant readBorn() {
    ByteBuffer entry = ByteBuffer.allocate(IndexEntry.BYTES);
    try (DiskFile file = index.open()) {
      file.read(entry, 0);
    } catch (IOException e) {
      return null; // whoever reads it will say so
    }
    IndexEntry first = entry.hasRemaining() ? null : IndexEntry.get(entry.flip());
    return first == null ? null : Micros.toInstant(first.micros());
  }

  /** It is not kept any more; who reads it may go on. */
  void dispose() {
    dropped = true;
  }

  /** It was found with that in it, which has yet to be checked. */
  void found(long oldEnd, int entries) {
    writtenFrom = oldEnd;
    publish(oldEnd, entries);
  }

  /** Lets readers see more of it, which this process has just written. */
  void publish(long newEnd, int entries) {
    entryCount = entries;
    end = newEnd;
  }

  /**
   * Reads the records from one position to another.
   *
   * @param to at most the end
   * @return whether all of it was there and sound
   */
  boolean read(long from, long to, RecordSink sink) {
    return scan(from, to, sink) == Scan.SOUND;
  }

  /**
   * Sends bytes to a channel, having checked them.
   *
   * @return how many it took; negative if they are damaged
   * @throws IOException if the channel fails
   */
  long transferTo(long from, long to, WritableByteChannel channel) throws IOException {
    if (!check(from, to)) {
      return -1;
    }
    long until = to;
    for (Damage damage : damages) {
      if (from >= damage.from() && from < damage.to()) {
        return -1;
      }
      until = damage.from() > from ? Math.min(until, damage.from()) : until;
    }
    DiskFile file;
    try {
      file = data.open();
    } catch (IOException e) { // dropped, or missing since it was checked
      return -1;
    }
    try (file) {
      return file.transferTo(from - base, until - from, channel);
    }
  }

  /**
   * Reads the stripes of what was found that have not been read yet; false if that cannot be done
   * now.
   */
  private boolean check(long from, long to) throws IOException {
    int last = (int) ((to - 1 - base) / STRIPE_BYTES);
    for (int stripe = (int) ((from - base) / STRIPE_BYTES); stripe <= last; stripe++) {
      synchronized (checked) {
        if (checked.get(stripe)) {
          continue;
        }
      }
      long stripeEnd = base + (stripe + 1L) * STRIPE_BYTES;
      long until = Math.min(stripeEnd, writtenFrom);
      for (long at = base + (long) stripe * STRIPE_BYTES; at < until; ) {
        Scan scan = scan(at, until, null);
        if (scan == Scan.FAILED) {
          return false;
        }
        at = scan == Scan.SOUND ? until : damageEnd(at, until);
      }
      synchronized (checked) {
        checked.set(stripe);
      }
    }
    return true;
  }

  /** Where the first damage ends that has something of a stretch. */
  private long damageEnd(long from, long to) {
    Damage first = null;
    for (Damage damage : damages) {
      if (damage.to() > from
          && damage.from() < to
          && (first == null || damage.from() < first.from())) {
        first = damage;
      }
    }
    return first == null ? to : first.to();
  }

  /** The first position at or after one that is not damaged, as far as that is known. */
  long readableFrom(long position) {
    long at = position;
    for (boolean again = true; again; ) {
      again = false;
      for (Damage damage : damages) {
        if (at >= damage.from() && at < damage.to()) {
          at = damage.to();
          again = true;
        }
      }
    }
    return at;
  }

  private enum Scan {
    SOUND,
    /** It has been told. */
    DAMAGED,
    /** Dropped, or something that may pass. */
    FAILED
  }

  private Scan scan(long from, long to, @Nullable RecordSink sink) {
    try (DiskFile bytes = data.open();
        DiskFile entries = index.open()) {
      if (sink == null) {
        SegmentReader.checking(bytes, entries, base).check(from, to);
      } else {
        new SegmentReader(bytes, entries, base).read(from, to, sink);
      }
      return Scan.SOUND;
    } catch (DamagedException e) {
      report(new Damage(e.from(), Math.min(e.to(), end)), e.getMessage());
      return Scan.DAMAGED;
    } catch (DroppedException e) {
      return Scan.FAILED;
    } catch (NoSuchFileException e) {
      if (dropped) {
        return Scan.FAILED;
      }
      report(new Damage(base, end), e.getFile() + " is missing");
      return Scan.DAMAGED;
    } catch (IOException e) { // perhaps for a while: too many open files
      LOG.log(System.Logger.Level.WARNING, "segment file {0}: {1}", name, e.toString());
      return Scan.FAILED;
    }
  }

  private void report(Damage damage, @Nullable String why) {
    if (damages.contains(damage)) {
      return;
    }
    damages.add(damage);
    LOG.log(
        System.Logger.Level.ERROR,
        "segment file {0} is damaged at byte {1}: {2}; positions {3} to {4} cannot be read, the"
            + " rest can",
        name,
        Long.toString(damage.from() - base),
        Objects.toString(why),
        new Offset(damage.from()),
        new Offset(damage.to()));
  }
}
