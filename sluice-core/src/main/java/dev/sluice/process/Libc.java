package dev.sluice.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Optional;

/**
 * The C library, as far as commands need it. A negative result is the negated {@code errno}, as the
 * kernel has it; a wait that a signal of the JVM interrupted goes on.
 *
 * <p>Numbers are those of Linux, the same on every 64-bit processor that the JDK supports. Another
 * system needs its own numbers here and in {@link Spawn}; macOS has neither pipe2 nor eventfd.
 */
@SuppressWarnings("restricted")
final class Libc {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int ESRCH = 3;
  static final int EAGAIN = 11;
  static final int EPIPE = 32;

  static final int SIGKILL = 9;
  static final int SIGCONT = 18;

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;

  private static final int EINTR = 4;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x8_0000;
  private static final int F_SETFL = 4;
  private static final int F_DUPFD_CLOEXEC = 1030;

  private static final int ARGUMENTS_MAX = 6;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LOOKUP = LINKER.defaultLookup();
  private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

  /**
   * The one shape of all calls, since each further one takes some ten milliseconds when it is first
   * used. Linux hands integers and addresses over as if they were long, and a function leaves those
   * alone that it does not know; only a result shorter than long has to be cut.
   */
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          KEEP_ERRNO);

  private static final MemorySegment PIPE2 = function("pipe2");
  private static final MemorySegment CLOSE = function("close");
  private static final MemorySegment EVENTFD = function("eventfd");
  private static final MemorySegment KILL = function("kill");
  private static final MemorySegment WAITID = function("waitid");
  private static final MemorySegment POLL = function("poll");
  private static final MemorySegment READ = function("read");
  private static final MemorySegment WRITE = function("write");
  private static final MemorySegment STRERROR = function("strerror");

  private Libc() {}

  /** A variadic function: its shape is an exception, and made when it is needed. */
  private static final class Fcntl {
    static final MethodHandle CALL =
        LINKER.downcallHandle(
            function("fcntl"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            KEEP_ERRNO,
            Linker.Option.firstVariadicArg(2));
  }

  static MemorySegment function(String name) {
    return LOOKUP.findOrThrow(name);
  }

  static Optional<MemorySegment> functionIfThere(String name) {
    return LOOKUP.find(name);
  }

  /** A variable of the library that holds an address. */
  static MemorySegment pointer(String name) {
    return LOOKUP.findOrThrow(name).reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
  }

  /**
   * Calls a function that takes integers and addresses and returns an int, or a size that fits in
   * one: its result, or the negated errno if that is -1. What is behind the addresses must be kept
   * by the caller.
   */
  static int call(MemorySegment function, long... arguments) {
    long[] a = Arrays.copyOf(arguments, ARGUMENTS_MAX);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result =
          (int) (long) CALL.invokeExact(function, state, a[0], a[1], a[2], a[3], a[4], a[5]);
      return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable e) {
      throw failedInJava(e);
    }
  }

  private static int callUninterrupted(MemorySegment function, long... arguments) {
    int result = call(function, arguments);
    while (result == -EINTR) {
      result = call(function, arguments);
    }
    return result;
  }

  private static int fcntl(int descriptor, int command, int argument) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) Fcntl.CALL.invokeExact(state, descriptor, command, argument);
      return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable e) {
      throw failedInJava(e);
    }
  }

  private static AssertionError failedInJava(Throwable cause) {
    return new AssertionError("a call of the C library failed in Java", cause);
  }

  /** Read and write end; neither is inherited by programs that are started. */
  static int pipe(MemorySegment twoInts) {
    return call(PIPE2, twoInts.address(), O_CLOEXEC);
  }

  /** Another number for an open file, at least as high as the one given. */
  static int duplicate(int descriptor, int atLeast) {
    return fcntl(descriptor, F_DUPFD_CLOEXEC, atLeast);
  }

  static int doNotBlockWrites(int descriptor) {
    return fcntl(descriptor, F_SETFL, O_WRONLY | O_NONBLOCK);
  }

  static int eventCounter() {
    return call(EVENTFD, 0, O_CLOEXEC | O_NONBLOCK);
  }

  static int close(int descriptor) {
    return call(CLOSE, descriptor);
  }

  static int kill(int processOrMinusGroup, int signal) {
    return call(KILL, processOrMinusGroup, signal);
  }

  static int waitid(int idType, int id, MemorySegment info, int options) {
    return callUninterrupted(WAITID, idType, id, info.address(), options);
  }

  static int poll(MemorySegment entries, int count, int timeoutMillis) {
    return callUninterrupted(POLL, entries.address(), count, timeoutMillis);
  }

  static int read(int descriptor, MemorySegment buffer) {
    return callUninterrupted(READ, descriptor, buffer.address(), buffer.byteSize());
  }

  static int write(int descriptor, MemorySegment bytes) {
    return callUninterrupted(WRITE, descriptor, bytes.address(), bytes.byteSize());
  }

  /** What a negative result says. */
  static IOException failure(String what, int result) {
    return new IOException(what + " failed: " + text(-result));
  }

  private static String text(int errno) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long text = (long) CALL.invokeExact(STRERROR, state, (long) errno, 0L, 0L, 0L, 0L, 0L);
      return MemorySegment.ofAddress(text).reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw failedInJava(e);
    }
  }
}
