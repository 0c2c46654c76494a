package dev.sluice.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then whether files have changed, and has them read again. Links are followed, so it
 * sees one that is turned to another file.
 *
 * <p>Several files change one after the other. Between them they may not fit together: that is
 * tried again, and warned of only if it is still so the next time.
 *
 * <p>Thread safety: all methods.
 */
final class FileWatch implements AutoCloseable {

  /** Reads the files. */
  interface Reading {
    void read() throws IOException;
  }

  private record Stamp(FileTime modified, long bytes, @Nullable Object identity) {}

  private final List<Path> files;
  private final Reading reading;
  private final Thread looking =
      Thread.ofPlatform().daemon().name("sluice-files").unstarted(this::run);
  private volatile Duration period = Duration.ZERO;

  // Under the lock.
  private List<@Nullable Stamp> read;
  private @Nullable List<@Nullable Stamp> failed;
  private boolean warned;

  /** Takes the files as they are now for known; what then fails to be read is not tried again. */
  FileWatch(List<Path> files, Reading reading) {
    this.files = files;
    this.reading = reading;
    this.read = stamps();
  }

  /** Looks again and again, on a thread of its own. */
  void start(Duration every) {
    period = every;
    looking.start();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(period);
        look();
      }
    } catch (InterruptedException e) {
      // It is closed.
    }
  }

  /** Looks now. */
  synchronized void look() {
    List<@Nullable Stamp> now = stamps();
    if (now.equals(read)) {
      failed = null;
      return;
    }
    try {
      reading.read();
      read = now;
      failed = null;
    } catch (IOException | RuntimeException e) {
      boolean again = now.equals(failed);
      if (again && !warned) {
        ServerLog.warn(e.getMessage() + " What was read before stays in use.", null);
      }
      warned = again;
      failed = now;
    }
  }

  private List<@Nullable Stamp> stamps() {
    List<@Nullable Stamp> stamps = new ArrayList<>();
    for (Path file : files) {
      stamps.add(stamp(file));
    }
    return stamps;
  }

  private static @Nullable Stamp stamp(Path file) {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(is.lastModifiedTime(), is.size(), is.fileKey());
    } catch (IOException e) {
      return null; // there is none, for now
    }
  }

  @Override
  public void close() {
    looking.interrupt();
  }
}
