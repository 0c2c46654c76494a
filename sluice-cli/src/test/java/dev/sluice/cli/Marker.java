package dev.sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A variable in the environment of a process, and so of all that it starts: what is left behind is
 * found by it.
 */
record Marker(String value) {
  static final String VARIABLE = "SLUICE_TEST_MARKER";
  private static final int PATIENCE_SECONDS = 60;

  static Marker random() {
    return new Marker(UUID.randomUUID().toString());
  }

  /** The processes that have it and live, each with what it runs. */
  List<String> alive() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.map(process -> Path.of("/proc", Long.toString(process.pid())))
          .filter(process -> read(process.resolve("environ")).contains(value))
          .map(process -> process + " " + read(process.resolve("cmdline")).replace('\0', ' '))
          .toList();
    }
  }

  /** Waits until all of them have gone. */
  void awaitNone() throws InterruptedException {
    long deadlineNanos = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    for (List<String> left = alive(); !left.isEmpty(); left = alive()) {
      if (System.nanoTime() > deadlineNanos) {
        throw new AssertionError("left behind: " + left);
      }
      Thread.sleep(5);
    }
  }

  /** Of a process that has gone, or is a zombie, nothing. */
  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
