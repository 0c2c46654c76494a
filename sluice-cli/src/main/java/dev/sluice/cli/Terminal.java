package dev.sluice.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Which of this command's own files are a terminal. {@code System.console} does not tell one. */
@SuppressWarnings("restricted")
final class Terminal {
  private static final int OUT = 1;
  private static final int ERR = 2;

  private Terminal() {}

  static boolean isStandardOut() {
    return isTerminal(OUT);
  }

  static boolean isStandardError() {
    return isTerminal(ERR);
  }

  private static boolean isTerminal(int descriptor) {
    Linker linker = Linker.nativeLinker();
    MemorySegment isatty = linker.defaultLookup().findOrThrow("isatty");
    MethodHandle call =
        linker.downcallHandle(
            isatty, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try {
      return (int) call.invokeExact(descriptor) == 1;
    } catch (Throwable e) { // a call of this shape throws nothing
      throw new AssertionError(e);
    }
  }
}
