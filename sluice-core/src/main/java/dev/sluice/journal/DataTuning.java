package dev.sluice.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What is not for users to decide.
 *
 * @param logBytes how large a log file grows
 * @param hotBytes how much of what is in segment files stays in memory too
 * @param interval between two rounds of housekeeping
 * @param threaded whether it has threads of its own; if not, callers do all work: for tests
 */
record DataTuning(long logBytes, long hotBytes, Duration interval, boolean threaded) {
  /** As many hot bytes as a log has. */
  DataTuning(long logBytes, Duration interval, boolean threaded) {
    this(logBytes, logBytes, interval, threaded);
  }

  private static final long LOG_BYTES_MAX = 64L * 1024 * 1024;
  private static final long LOG_BYTES_MIN = 256L * 1024;
  private static final int PART = 32;
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  /**
   * Small logs on small disks, as what is in a log is there twice while it is moved; and in small
   * heaps, as it is in memory too.
   */
  static DataTuning of(Path directory) throws IOException {
    Path existing = directory.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    long total = Files.getFileStore(existing).getTotalSpace();
    long most = Math.min(total, Runtime.getRuntime().maxMemory()) / PART;
    long logBytes = Math.clamp(most, LOG_BYTES_MIN, LOG_BYTES_MAX);
    return new DataTuning(logBytes, INTERVAL, true);
  }
}
