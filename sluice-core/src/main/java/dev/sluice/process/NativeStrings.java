package dev.sluice.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Arguments and environments, as C has them. */
@SuppressWarnings("restricted")
final class NativeStrings {
  /** That of file names and arguments; in the C locale, whose ASCII is too little, UTF-8. */
  private static final Charset CHARSET = charset();

  private NativeStrings() {}

  static MemorySegment of(SegmentAllocator allocator, String string) {
    return allocator.allocateFrom(string, CHARSET);
  }

  /** An array of strings, closed by NULL. */
  static MemorySegment array(Arena arena, List<String> strings) {
    return pointers(arena, strings.stream().map(string -> of(arena, string)).toList());
  }

  /**
   * This process's environment, byte for byte, and variables in addition to it or in the place of
   * those of the same name. The JDK's is a decoded copy, which need not survive encoding.
   */
  static MemorySegment environment(Arena arena, Map<String, String> changes) {
    List<MemorySegment> all = new ArrayList<>();
    for (MemorySegment variable : inherited()) {
      if (!changes.containsKey(name(variable))) {
        all.add(variable);
      }
    }
    changes.forEach((name, value) -> all.add(of(arena, name + "=" + value)));
    return pointers(arena, all);
  }

  private static List<MemorySegment> inherited() {
    List<MemorySegment> variables = new ArrayList<>();
    MemorySegment environ = Libc.pointer("environ");
    if (!environ.equals(MemorySegment.NULL)) {
      MemorySegment pointers = environ.reinterpret(Long.MAX_VALUE);
      MemorySegment variable = pointers.get(ValueLayout.ADDRESS, 0);
      while (!variable.equals(MemorySegment.NULL)) {
        variables.add(variable);
        variable = pointers.getAtIndex(ValueLayout.ADDRESS, variables.size());
      }
    }
    return variables;
  }

  private static String name(MemorySegment variable) {
    String whole = variable.reinterpret(Long.MAX_VALUE).getString(0, CHARSET);
    int end = whole.indexOf('=');
    return end < 0 ? whole : whole.substring(0, end);
  }

  private static MemorySegment pointers(Arena arena, List<MemorySegment> strings) {
    MemorySegment array = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1L);
    for (int i = 0; i < strings.size(); i++) {
      array.setAtIndex(ValueLayout.ADDRESS, i, strings.get(i));
    }
    return array;
  }

  private static Charset charset() {
    Charset platform = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    return platform.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : platform;
  }
}
