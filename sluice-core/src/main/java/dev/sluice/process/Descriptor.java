package dev.sluice.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file of this process that no program inherits.
 *
 * <p>Thread safety: it is closed once, whoever does it. Who uses the number sees to it that it is
 * open.
 */
final class Descriptor implements AutoCloseable {
  private static final int FIRST_UNRESERVED = 3;

  private final int number;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Descriptor(int number) {
    this.number = number;
  }

  /** The two ends of a pipe. */
  record Pipe(Descriptor read, Descriptor write) implements AutoCloseable {

    static Pipe open() throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
        int result = Libc.pipe(ends);
        if (result < 0) {
          throw Libc.failure("pipe2", result);
        }
        Descriptor read = new Descriptor(ends.getAtIndex(ValueLayout.JAVA_INT, 0));
        Descriptor write = new Descriptor(ends.getAtIndex(ValueLayout.JAVA_INT, 1));
        return new Pipe(read.aboveStandardOnes(), write.aboveStandardOnes());
      }
    }

    @Override
    public void close() {
      read.close();
      write.close();
    }
  }

  /** A counter that can be polled, at zero. */
  static Descriptor openEventCounter() throws IOException {
    int result = Libc.eventCounter();
    if (result < 0) {
      throw Libc.failure("eventfd", result);
    }
    return new Descriptor(result);
  }

  /** Where the JVM was started without standard files, a pipe could get their numbers. */
  private Descriptor aboveStandardOnes() throws IOException {
    if (number >= FIRST_UNRESERVED) {
      return this;
    }
    int other = Libc.duplicate(number, FIRST_UNRESERVED);
    close();
    if (other < 0) {
      throw Libc.failure("fcntl", other);
    }
    return new Descriptor(other);
  }

  int number() {
    return number;
  }

  /** What close(2) says is of no use: the number is free in any case. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      var _ = Libc.close(number);
    }
  }
}
