package dev.sluice.bench;

import dev.sluice.journal.Append;
import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What many journals cost that nothing happens to: time to open their directory and to find each,
 * memory that stays, open files.
 */
public final class OpenDirectory {
  private static final int RECORDS = 10;
  private static final int RECORD_BYTES = 256;
  private static final int WRITERS = 64;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private OpenDirectory() {}

  /**
   * Prints a line of JSON.
   *
   * @param args {@code write}, a new directory, how many journals, how many seconds they are idle
   *     before it looks; or {@code open} and that directory, in a process of its own
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 4 && args[0].equals("write")) {
      int count = Integer.parseInt(args[2]);
      System.out.println(write(Path.of(args[1]), count, Long.parseLong(args[3])));
    } else if (args.length == 2 && args[0].equals("open")) {
      System.out.println(open(Path.of(args[1])));
    } else {
      System.err.println(
          "usage: bench/java OpenDirectory write DIR JOURNALS IDLE-SECONDS | open DIR");
      System.exit(2);
    }
  }

  private static Figures write(Path directory, int count, long idleSeconds) throws Exception {
    try (var store =
        DataDirectory.open(Files.createDirectories(directory), JournalLimits.defaults())) {
      long before = liveBytes();
      long descriptors = descriptors();
      long start = System.nanoTime();
      List<Journal> journals = writeAll(store, count);
      double seconds = seconds(start);
      long busy = liveBytes();
      TimeUnit.SECONDS.sleep(idleSeconds);
      return new Figures()
          .add("journals", journals.size())
          .add("write_seconds", seconds)
          .add("bytes_per_journal_at_once", (double) (busy - before) / count)
          .add("bytes_per_journal_idle", (double) (liveBytes() - before) / count)
          .add("descriptors", descriptors() - descriptors);
    }
  }

  private static List<Journal> writeAll(DataDirectory store, int count)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newFixedThreadPool(WRITERS, Thread.ofVirtual().factory())) {
      List<Future<Journal>> results =
          IntStream.range(0, count).mapToObj(i -> threads.submit(() -> write(store, i))).toList();
      List<Journal> journals = new ArrayList<>();
      for (Future<Journal> result : results) {
        journals.add(result.get());
      }
      return journals;
    }
  }

  private static Journal write(DataDirectory store, int number) throws IOException {
    Journal journal = store.open("bench-" + number, JournalOptions.defaults()).journal();
    for (int i = 0; i < RECORDS; i++) {
      var _ = journal.append(Append.of(new byte[RECORD_BYTES]));
    }
    return journal;
  }

  private static Figures open(Path directory) throws Exception {
    long before = liveBytes();
    long descriptors = descriptors();
    long start = System.nanoTime();
    try (var store = DataDirectory.open(directory, JournalLimits.defaults())) {
      double opened = seconds(start);
      start = System.nanoTime();
      List<String> names = store.names();
      double named = seconds(start);
      long unopened = liveBytes();
      start = System.nanoTime();
      List<Journal> journals = new ArrayList<>();
      for (String name : names) {
        Journal journal = store.find(name);
        if (journal == null || journal.tail().position() != RECORDS * RECORD_BYTES) {
          throw new IOException("journal " + name + " is not what was written: " + journal);
        }
        journals.add(journal);
      }
      double found = seconds(start);
      long after = liveBytes();
      return new Figures()
          .add("journals", journals.size())
          .add("open_seconds", opened)
          .add("names_seconds", named)
          .add("find_all_seconds", found)
          .add("bytes_per_journal_before_find", (double) (unopened - before) / names.size())
          .add("bytes_per_journal_found", (double) (after - before) / names.size())
          .add("descriptors", descriptors() - descriptors);
    }
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** What is in use of the heap after collection, and of direct buffers. */
  private static long liveBytes() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(100); // for references that a thread clears
    }
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + direct;
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> files = Files.list(DESCRIPTORS)) {
      return files.count();
    }
  }
}
