package dev.sluice.journal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a journal: the latest in memory, those before them in segment files, if it has any.
 *
 * <p>Files and blocks are lists that are replaced as a whole; a reader takes both at once. A byte
 * is in a file before its block is let go of, so that a reader finds it in one or the other.
 *
 * <p>Thread safety: one thread appends; one thread flushes, which is to add files and to evict
 * blocks; they take turns by a lock, which is held over memory alone. Reading takes none.
 */
final class Contents {
  /** Both, taken together. Files are before blocks; they may overlap. */
  private record Parts(List<SegmentFile> files, List<Block> blocks) {}

  private final MemoryRoom room;
  private volatile Parts parts;
  private volatile long tail;
  private boolean letGo;

  /** Contents whose memory is bounded by who flushes. */
  Contents(List<SegmentFile> files, long tail) {
    this(files, tail, MemoryRoom.ENDLESS);
  }

  /**
   * Contents.
   *
   * @param files what is in files, in order
   * @param tail where they end
   * @param room what blocks take their memory of
   */
  Contents(List<SegmentFile> files, long tail, MemoryRoom room) {
    this.room = room;
    this.parts = new Parts(List.copyOf(files), List.of());
    this.tail = tail;
  }

  long tail() {
    return tail;
  }

  /** Position of the oldest byte that is kept. */
  long start() {
    long end = tail; // before the parts: what has been appended is in them
    Parts now = parts;
    if (!now.files().isEmpty()) {
      return now.files().getFirst().base();
    }
    return now.blocks().isEmpty() ? end : now.blocks().getFirst().base();
  }

  /** From here on, reading is a matter of memory alone. */
  long memoryFrom() {
    long end = tail; // before the parts
    List<Block> blocks = parts.blocks();
    return blocks.isEmpty() ? end : blocks.getFirst().base();
  }

  List<SegmentFile> files() {
    return parts.files();
  }

  List<Block> blocks() {
    return parts.blocks();
  }

  /** How many bytes are in blocks. */
  long memoryBytes() {
    return tail - memoryFrom();
  }

  // The thread that appends.

  /** Appends bytes, and publishes them. */
  synchronized void append(Kind kind, long micros, byte[] bytes, int offset, int length) {
    List<Block> blocks = parts.blocks();
    Block last = blocks.isEmpty() ? null : blocks.getLast();
    long end = tail;
    for (int done = 0; done < length; ) {
      if (last == null || last.room() == 0) {
        last = addBlock(end);
      }
      int part = Math.min(length - done, last.room());
      last.append(kind, micros, bytes, offset + done, part);
      done += part;
      end += part;
      tail = end; // publishes the part
    }
  }

  /** What is there now are whole records for ever; returns where they end. */
  synchronized long sealRecords() {
    if (!parts.blocks().isEmpty()) {
      parts.blocks().getLast().sealLast();
    }
    return tail;
  }

  /** Leaves a hole: what is between is not to be had any more. */
  synchronized void skipTo(long position) {
    var _ = addBlock(position);
    tail = position;
  }

  private Block addBlock(long base) {
    var added = new Block(base, room);
    List<Block> blocks = new ArrayList<>(parts.blocks());
    blocks.add(added);
    parts = new Parts(parts.files(), List.copyOf(blocks));
    return added;
  }

  // The thread that flushes; of a journal in memory, the one that appends.

  /** Adds a file behind the others. */
  synchronized void addFile(SegmentFile file) {
    List<SegmentFile> files = new ArrayList<>(parts.files());
    files.add(file);
    parts = new Parts(List.copyOf(files), parts.blocks());
  }

  /** Lets go of blocks that end at a position or before. */
  synchronized void evictBlocks(long before) {
    List<Block> blocks = parts.blocks();
    int drop = 0;
    while (drop < blocks.size() && blocks.get(drop).end() <= before) {
      if (!letGo) {
        blocks.get(drop).letGo();
      }
      drop++;
    }
    if (drop > 0) {
      parts = new Parts(parts.files(), List.copyOf(blocks.subList(drop, blocks.size())));
    }
  }

  /** Nothing is appended any more, and who still reads will soon be gone. */
  synchronized void letGo() {
    if (!letGo) {
      letGo = true;
      parts.blocks().forEach(Block::letGo);
    }
  }

  /** Takes files from the beginning of the list; their owner deletes them. */
  synchronized List<SegmentFile> dropFiles(int count) {
    List<SegmentFile> files = parts.files();
    parts = new Parts(List.copyOf(files.subList(count, files.size())), parts.blocks());
    return files.subList(0, count);
  }

  /** Takes the files that end at a position or before. */
  synchronized List<SegmentFile> dropFilesBefore(long position) {
    List<SegmentFile> files = parts.files();
    int count = 0;
    while (count < files.size() && files.get(count).end() <= position) {
      count++;
    }
    return dropFiles(count);
  }

  // Readers.

  /**
   * Reads the records from one position to another, if all of them are in memory.
   *
   * @return whether they are; if not, the sink got nothing
   */
  boolean readMemory(long from, long to, RecordSink sink) {
    Parts now = parts; // the one that is looked at and read, whatever is evicted meanwhile
    for (long position = from; position < to; ) {
      Block block = Block.at(now.blocks(), position);
      if (block == null) {
        return false;
      }
      position = block.end();
    }
    return read(now, from, to, sink);
  }

  /**
   * Reads the records from one position to another.
   *
   * @return whether all of it was there; if not, the sink got nothing or a part
   */
  boolean read(long from, long to, RecordSink sink) {
    return read(parts, from, to, sink);
  }

  private static boolean read(Parts now, long from, long to, RecordSink sink) {
    long position = from;
    while (position < to) {
      Block block = Block.at(now.blocks(), position);
      if (block != null) {
        int until = (int) (Math.min(block.end(), to) - block.base());
        block.read((int) (position - block.base()), until, sink);
        position = block.base() + until;
        continue;
      }
      SegmentFile file = fileAt(now.files(), position);
      if (file == null) {
        return false;
      }
      long until = Math.min(to, file.end());
      if (!file.read(position, until, sink)) {
        return false;
      }
      position = until;
    }
    return true;
  }

  /**
   * What another journal can share of what is before a position: full blocks, if nothing is in
   * files. The rest is to be appended to it.
   */
  synchronized Contents shareUpTo(long end) {
    List<Block> shared = new ArrayList<>();
    long start = start();
    long from = start;
    for (Block block : parts.blocks()) {
      if (!letGo && block.base() == from && block.end() <= end && block.room() == 0) {
        block.hold();
        shared.add(block);
        from = block.end();
      }
    }
    var copy = new Contents(List.of(), from, room);
    copy.parts = new Parts(List.of(), List.copyOf(shared));
    return copy;
  }

  /** The first position at or after one that can be read; the tail if there is none. */
  long readableFrom(long position) {
    long end = tail; // before the parts
    Parts now = parts;
    long at = position;
    while (at < end) {
      if (Block.at(now.blocks(), at) != null) {
        return at;
      }
      SegmentFile file = fileAt(now.files(), at);
      if (file == null) {
        at = nextBase(now, at, end);
        continue;
      }
      long readable = file.readableFrom(at);
      if (readable == at) {
        return at;
      }
      at = readable;
    }
    return end;
  }

  private static long nextBase(Parts now, long after, long end) {
    long next = end;
    for (SegmentFile file : now.files()) {
      next = file.base() > after ? Math.min(next, file.base()) : next;
    }
    for (Block block : now.blocks()) {
      next = block.base() > after ? Math.min(next, block.base()) : next;
    }
    return next;
  }

  /** The file that holds a position, or null. */
  @Nullable SegmentFile fileAt(long position) {
    return fileAt(parts.files(), position);
  }

  private static @Nullable SegmentFile fileAt(List<SegmentFile> files, long position) {
    int low = 0;
    int high = files.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      SegmentFile file = files.get(middle);
      if (file.base() > position) {
        high = middle - 1;
      } else if (file.end() <= position) {
        low = middle + 1;
      } else {
        return file;
      }
    }
    return null;
  }
}
