package dev.sluice.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a simulated file: what processes see, and what the disk has.
 *
 * <p>Sectors are written to the disk one by one, in any order, whenever it likes, and all of them
 * by {@link #force}. An array of one is never changed; where there is none, there are zeros.
 */
final class SimData {
  static final int SECTOR = 512;

  private static final byte[] ZEROS = new byte[SECTOR];
  private static final ByteBuffer NOTHING = ByteBuffer.wrap(ZEROS).asReadOnlyBuffer();

  private byte @Nullable [][] seen = new byte[8][];
  private byte @Nullable [][] safe = new byte[8][];
  private final BitSet dirty = new BitSet();
  private long seenSize;
  private long safeSize;
  private boolean sizeDirty;

  long size() {
    return seenSize;
  }

  void write(ByteBuffer source, long position) {
    long end = position + source.remaining();
    ensure(end);
    if (end > seenSize) {
      seenSize = end;
      sizeDirty = true;
    }
    for (long at = position; source.hasRemaining(); ) {
      int sector = (int) (at / SECTOR);
      int offset = (int) (at % SECTOR);
      int length = Math.min(source.remaining(), SECTOR - offset);
      byte[] before = seen[sector];
      if (before == null
          && length == SECTOR
          && source.slice(source.position(), SECTOR).equals(NOTHING)) {
        source.position(source.position() + SECTOR);
        dirty.set(sector);
        at += SECTOR;
        continue;
      }
      byte[] after = before == null ? new byte[SECTOR] : before.clone();
      source.get(after, offset, length);
      seen[sector] = after;
      dirty.set(sector);
      at += length;
    }
  }

  private void ensure(long end) {
    int sectors = (int) ((end + SECTOR - 1) / SECTOR);
    if (sectors > seen.length) {
      seen = Arrays.copyOf(seen, Math.max(sectors, 2 * seen.length));
      safe = Arrays.copyOf(safe, seen.length);
    }
  }

  int read(ByteBuffer target, long position) {
    long from = Math.min(position, seenSize);
    int length = (int) Math.min(target.remaining(), seenSize - from);
    for (int done = 0; done < length; ) {
      byte[] sector = seen[(int) ((from + done) / SECTOR)];
      int offset = (int) ((from + done) % SECTOR);
      int part = Math.min(length - done, SECTOR - offset);
      target.put(sector == null ? ZEROS : sector, offset, part);
      done += part;
    }
    return length;
  }

  void truncate(long size) {
    if (size >= seenSize) {
      return;
    }
    int first = (int) (size / SECTOR);
    byte[] edge = first < seen.length ? seen[first] : null;
    for (int sector = first; (long) sector * SECTOR < seenSize; sector++) {
      seen[sector] = null;
      dirty.set(sector);
    }
    if (edge != null && size % SECTOR > 0) {
      seen[first] = Arrays.copyOf(Arrays.copyOf(edge, (int) (size % SECTOR)), SECTOR);
    }
    seenSize = size;
    sizeDirty = true;
  }

  /** The disk has all of it. */
  void force() {
    for (int i = dirty.nextSetBit(0); i >= 0; i = dirty.nextSetBit(i + 1)) {
      safe[i] = seen[i];
    }
    dirty.clear();
    safeSize = seenSize;
    sizeDirty = false;
  }

  /** The disk has some of it, and nobody will try to write the rest again. */
  void failForce(Random random) {
    writeSome(random, 0.5);
    dirty.clear();
    sizeDirty = false;
  }

  private void writeSome(Random random, double probability) {
    for (int i = dirty.nextSetBit(0); i >= 0; i = dirty.nextSetBit(i + 1)) {
      if (!Arrays.equals(safe[i], seen[i]) && random.nextDouble() < probability) {
        safe[i] = seen[i];
      }
    }
    if (sizeDirty && random.nextDouble() < probability) {
      safeSize = seenSize;
    }
  }

  /** What the disk has is what is seen from now on. */
  void crash(Random random, double probability) {
    writeSome(random, probability);
    dirty.clear();
    sizeDirty = false;
    long size = safeSize;
    seen = safe.clone();
    seenSize = (long) seen.length * SECTOR;
    truncate(size); // what is behind the end is not there
    force();
  }
}
