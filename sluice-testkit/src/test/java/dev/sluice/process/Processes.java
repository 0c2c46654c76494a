package dev.sluice.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Looks at processes from outside, by a marker in their arguments or their environment. */
final class Processes {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private Processes() {}

  /** Arguments of sleep that nobody else has: it sleeps for some twenty minutes. */
  static String uniqueSeconds() {
    return "1234." + ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
  }

  /** Those that have the marker and have not ended. */
  static List<Long> alive(String marker) {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.map(ProcessHandle::pid)
          .filter(id -> id != ProcessHandle.current().pid())
          .filter(
              id -> read(id, "cmdline").contains(marker) || read(id, "environ").contains(marker))
          .filter(Processes::isAlive)
          .toList();
    }
  }

  static boolean isAlive(long id) {
    String stat = read(id, "stat");
    return !stat.isEmpty() && !stat.startsWith(") Z", stat.lastIndexOf(')'));
  }

  /** The fields of /proc/PID/stat after the name: state, parent, group, session. */
  static String[] stat(long id) {
    String stat = read(id, "stat");
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
  }

  /** Of a process that has one. */
  static String groupOfParent(long id) {
    String parent = read(Long.parseLong(stat(id)[1]), "stat");
    return parent.isEmpty() ? "" : parent.substring(parent.lastIndexOf(')') + 2).split(" ", -1)[2];
  }

  static String read(long id, String file) {
    return file(Path.of("/proc", Long.toString(id), file)).orElse("");
  }

  private static Optional<String> file(Path path) {
    try {
      return Optional.of(Files.readString(path, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Waits for one process with the marker; it may be gone by the time that this returns. */
  static long awaitOne(String marker) throws InterruptedException {
    var found = new AtomicReference<List<Long>>(List.of());
    await(
        "no process has " + marker,
        () -> {
          found.set(alive(marker));
          return !found.get().isEmpty();
        });
    return found.get().getFirst();
  }

  static void awaitNone(String marker) throws InterruptedException {
    await("left behind with " + marker, () -> alive(marker).isEmpty());
  }

  static void await(String otherwise, BooleanSupplier condition) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadlineNanos) {
        throw new AssertionError(otherwise);
      }
      Thread.sleep(5);
    }
  }

  static void kill(long id) {
    ProcessHandle.of(id).ifPresent(ProcessHandle::destroyForcibly);
  }
}
