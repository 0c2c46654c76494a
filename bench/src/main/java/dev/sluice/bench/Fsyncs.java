package dev.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the disk itself can do: one thread that writes and syncs ({@link FileChannel#force}, without
 * metadata that reading does not need) in turn, to a file that grows and to one that has its length
 * already. An append that waits for the disk by itself cannot be faster.
 */
public final class Fsyncs {
  private static final int[] SIZES = {256, 16 * 1024};
  private static final int PREALLOCATED_BYTES = 64 * 1024 * 1024;

  private Fsyncs() {}

  /**
   * Prints a line of JSON.
   *
   * @param args a directory on the disk to be measured, and the seconds for each figure
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: Fsyncs DIR SECONDS");
      System.exit(2);
    }
    Path directory = Files.createDirectories(Path.of(args[0]));
    double seconds = Double.parseDouble(args[1]);
    var figures = new Figures();
    for (int size : SIZES) {
      figures.add("growing_" + size, measure(directory, size, seconds, false));
      figures.add("preallocated_" + size, measure(directory, size, seconds, true));
    }
    System.out.println(figures);
  }

  /** How many writes of a size with a sync each there are in a second. */
  private static double measure(Path directory, int size, double seconds, boolean preallocated)
      throws IOException {
    Path file = Files.createTempFile(directory, "fsyncs", null);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      var bytes = ByteBuffer.allocateDirect(size);
      if (preallocated) {
        fill(channel);
      }
      measure(channel, bytes, !preallocated, seconds / 4); // warms up
      return measure(channel, bytes, !preallocated, seconds);
    } finally {
      Files.delete(file);
    }
  }

  private static void fill(FileChannel channel) throws IOException {
    var zeros = ByteBuffer.allocateDirect(1024 * 1024);
    for (long at = 0; at < PREALLOCATED_BYTES; at += channel.write(zeros.clear(), at)) {}
    channel.force(true);
  }

  private static double measure(
      FileChannel channel, ByteBuffer bytes, boolean grows, double seconds) throws IOException {
    long position = grows ? channel.size() : 0;
    long count = 0;
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    while (System.nanoTime() < end) {
      channel.write(bytes.clear(), position);
      channel.force(false);
      position += bytes.capacity();
      if (!grows && position + bytes.capacity() > PREALLOCATED_BYTES) {
        position = 0;
      }
      count++;
    }
    return count * 1e9 / (System.nanoTime() - start);
  }
}
