package dev.sluice.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The array of poll(2): waits for any of some files.
 *
 * <p>Thread safety: none; it belongs to the thread of its arena.
 */
final class Poll {
  static final int FOREVER = -1;

  private static final short POLLIN = 0x1;
  private static final short POLLOUT = 0x4;
  private static final int ENTRY_BYTES = 8;
  private static final int EVENTS = 4;
  private static final int RETURNED = 6;
  private static final int NONE = -1;

  private final MemorySegment entries;
  private final int count;

  Poll(Arena arena, int count) {
    this.entries = arena.allocate((long) count * ENTRY_BYTES, Integer.BYTES);
    this.count = count;
  }

  void watchRead(int index, int descriptor) {
    set(index, descriptor, POLLIN);
  }

  void watchWrite(int index, int descriptor) {
    set(index, descriptor, POLLOUT);
  }

  void forget(int index) {
    set(index, NONE, (short) 0);
  }

  /** Waits; whether any is ready: its next call does not block, or says that it has ended. */
  boolean await(int timeoutMillis) throws IOException {
    int result = Libc.poll(entries, count, timeoutMillis);
    if (result < 0) {
      throw Libc.failure("poll", result);
    }
    return result > 0;
  }

  boolean isReady(int index) {
    return entries.get(JAVA_SHORT, at(index, RETURNED)) != 0;
  }

  private void set(int index, int descriptor, short events) {
    entries.set(JAVA_INT, at(index, 0), descriptor);
    entries.set(JAVA_SHORT, at(index, EVENTS), events);
    entries.set(JAVA_SHORT, at(index, RETURNED), (short) 0);
  }

  private static long at(int index, int field) {
    return (long) index * ENTRY_BYTES + field;
  }
}
