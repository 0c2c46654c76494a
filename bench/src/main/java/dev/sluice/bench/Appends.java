package dev.sluice.bench;

import dev.sluice.journal.Append;
import dev.sluice.journal.AppendResult;
import dev.sluice.journal.DataDirectory;
import dev.sluice.journal.Journal;
import dev.sluice.journal.JournalLimits;
import dev.sluice.journal.JournalOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Durable appends without HTTP: virtual threads that append a record, wait until it is
 * acknowledged, append the next.
 */
public final class Appends {
  private final List<Journal> journals;
  private final byte[] record;
  private volatile boolean measuring;
  private volatile boolean ending;

  private Appends(List<Journal> journals, byte[] record) {
    this.journals = journals;
    this.record = record;
  }

  /**
   * Prints a line of JSON.
   *
   * @param args a directory that may be there; how many producers; how many journals they share;
   *     bytes per record; seconds, before which half as many warm it up
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 5) {
      System.err.println("usage: bench/java Appends DIR PRODUCERS JOURNALS BYTES SECONDS");
      System.exit(2);
    }
    Path directory = Files.createDirectories(Path.of(args[0]));
    byte[] record = new byte[Integer.parseInt(args[3])];
    Arrays.fill(record, (byte) '.');
    try (var store = DataDirectory.open(directory, JournalLimits.defaults())) {
      List<Journal> journals = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        journals.add(store.open("bench-" + i, JournalOptions.defaults()).journal());
      }
      var appends = new Appends(journals, record);
      long millis = (long) (Double.parseDouble(args[4]) * 1000);
      System.out.println(appends.measure(directory, Integer.parseInt(args[1]), millis));
    }
  }

  private Figures measure(Path directory, int producers, long millis)
      throws IOException, InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<long[]>> results = new ArrayList<>();
      for (int i = 0; i < producers; i++) {
        Journal journal = journals.get(i % journals.size());
        results.add(threads.submit(() -> produce(journal)));
      }
      TimeUnit.MILLISECONDS.sleep(millis / 2);
      DiskStatistics before = DiskStatistics.of(directory);
      long cpu = cpuNanos();
      long start = System.nanoTime();
      measuring = true;
      TimeUnit.MILLISECONDS.sleep(millis);
      ending = true;
      double seconds = (System.nanoTime() - start) / 1e9;
      cpu = cpuNanos() - cpu;
      DiskStatistics disk = DiskStatistics.of(directory).since(before);
      return figures(latencies(results), seconds, cpu, disk);
    }
  }

  private Figures figures(long[] latencies, double seconds, long cpu, DiskStatistics disk) {
    int count = latencies.length;
    return new Figures()
        .add("journals", journals.size())
        .add("appends_per_second", count / seconds)
        .add("bytes_per_second", (double) count * record.length / seconds)
        .add("p50_us", latencies[count / 2] / 1e3)
        .add("p99_us", latencies[(int) (count * 0.99)] / 1e3)
        .add("cpu_us_per_append", cpu / 1e3 / count)
        .add("disk_flushes_per_second", disk.flushes() / seconds)
        .add("disk_bytes_per_second", disk.bytesWritten() / seconds);
  }

  /** Sorted. */
  private static long[] latencies(List<Future<long[]>> results)
      throws InterruptedException, ExecutionException {
    List<long[]> all = new ArrayList<>();
    for (Future<long[]> result : results) {
      all.add(result.get());
    }
    return all.stream().flatMapToLong(Arrays::stream).sorted().toArray();
  }

  /** How long each append took that began and ended while it was measured. */
  private long[] produce(Journal journal) throws IOException {
    long[] latencies = new long[1024];
    int count = 0;
    while (!ending) {
      boolean measured = measuring;
      long start = System.nanoTime();
      if (!(journal.append(Append.of(record)) instanceof AppendResult.Appended)) {
        throw new IOException("the journal does not take it");
      }
      if (measured && !ending) {
        if (count == latencies.length) {
          latencies = Arrays.copyOf(latencies, 2 * count);
        }
        latencies[count++] = System.nanoTime() - start;
      }
    }
    return Arrays.copyOf(latencies, count);
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }
}
