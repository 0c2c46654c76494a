package dev.sluice.cli;

import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One line on a terminal that says how much has passed, and how fast; nothing where there is no
 * terminal. Other lines go through it, so that they do not mix.
 *
 * <p>Thread safety: all methods.
 */
final class Progress implements AutoCloseable {
  private static final long TICK_MILLIS = 250;
  private static final String CLEAR = "\r\033[K";

  private final Output output;
  private final boolean shown;
  private final CountDownLatch closed = new CountDownLatch(1);
  private long bytes;
  private long told;
  private double rate;

  private Progress(Output output, boolean shown) {
    this.output = output;
    this.shown = shown;
  }

  /** Begins; there is a line if standard error is a terminal. */
  static Progress start(Output output) {
    var progress = new Progress(output, !output.quiet() && Terminal.isStandardError());
    if (progress.shown) {
      Thread.ofPlatform().daemon().name("sluice-progress").start(progress::tick);
    }
    return progress;
  }

  /** So much more has passed. */
  synchronized void add(long count) {
    bytes += count;
  }

  /** Nothing, for a terminal that is used otherwise; other lines go through it all the same. */
  static Progress none(Output output) {
    return new Progress(output, false);
  }

  /** Says another line. */
  synchronized void say(String line) {
    clear();
    output.say(line);
  }

  private void tick() {
    try {
      while (!closed.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        show();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void show() {
    if (closed.getCount() == 0 || bytes == 0) {
      return;
    }
    double latest = (bytes - told) * 1000.0 / TICK_MILLIS;
    rate = told == 0 ? latest : 0.75 * rate + 0.25 * latest;
    told = bytes;
    System.err.print(CLEAR + "sluice: " + size(bytes) + ", " + size((long) rate) + "/s");
  }

  private void clear() {
    if (shown) {
      System.err.print(CLEAR);
    }
  }

  /** As people write it: {@code 1.5 MiB}. */
  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    int power = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    double value = bytes / Math.pow(1024, power);
    return String.format(Locale.ROOT, "%.1f %ciB", value, "KMGTPE".charAt(power - 1));
  }

  /** The last word. */
  @Override
  public synchronized void close() {
    closed.countDown();
    clear();
    if (shown && bytes > 0) {
      output.say("sluice: " + size(bytes));
    }
  }
}
