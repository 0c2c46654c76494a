package dev.sluice.process;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /proc} says of processes. macOS has sysctl(3) for it: KERN_PROC and KERN_PROCARGS2.
 *
 * <p>It is read as plain streams: a channel would be closed by an interrupt.
 */
final class ProcessTable {
  private static final File PROC = new File("/proc");
  private static final File OPEN_FILES = new File("/proc/self/fd");

  /** The parent of the kernel's threads. */
  private static final int KERNEL = 2;

  private static final Duration EXEC_MAX = Duration.ofMillis(50);
  private static final Duration LOOK = Duration.ofNanos(200_000);

  private ProcessTable() {}

  /** All processes that can be seen, those that have ended and wait for their parent as well. */
  static List<ProcessStat> all() {
    List<ProcessStat> all = new ArrayList<>();
    numbersIn(PROC)
        .forEach(id -> {
          ProcessStat stat = stat(id);
          if (stat != null) {
            all.add(stat);
          }
        });
    return all;
  }

  /** One process; null if it has gone. */
  static @Nullable ProcessStat stat(int id) {
    byte[] line = read(id, "stat");
    return line.length == 0
        ? null
        : ProcessStat.parse(new String(line, StandardCharsets.ISO_8859_1));
  }

  /**
   * The environment a process was started with, each variable ended by NUL, every byte a character;
   * empty if it has gone or ended, or belongs to another user.
   *
   * <p>While a process executes another program, it has none for a moment, and no arguments either:
   * that is waited for. (Threads of the kernel never have any.)
   */
  static String environment(ProcessStat process) {
    int id = process.id();
    long deadlineNanos = System.nanoTime() + EXEC_MAX.toNanos();
    byte[] variables = read(id, "environ");
    while (variables.length == 0 && process.parent() != KERNEL && isAlive(id)) {
      boolean isSetUp = read(id, "cmdline").length > 0;
      variables = read(id, "environ");
      if (isSetUp || System.nanoTime() > deadlineNanos) {
        break;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return new String(variables, StandardCharsets.ISO_8859_1);
  }

  private static boolean isAlive(int id) {
    ProcessStat stat = stat(id);
    return stat != null && stat.isAlive();
  }

  /** The numbers of this process's open files. */
  static int[] openFiles() {
    return numbersIn(OPEN_FILES).toArray();
  }

  private static IntStream numbersIn(File directory) {
    String[] names = directory.list();
    return Stream.of(names == null ? new String[0] : names)
        .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9'))
        .mapToInt(Integer::parseInt);
  }

  private static byte[] read(int id, String name) {
    try (var file = new FileInputStream("/proc/" + id + "/" + name)) {
      return file.readAllBytes();
    } catch (IOException e) {
      return new byte[0]; // gone, or not ours
    }
  }
}
