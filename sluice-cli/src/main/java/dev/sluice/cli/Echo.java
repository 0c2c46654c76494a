package dev.sluice.cli;

import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * Shows a journal on this command's own standard output and error, untouched: a viewer like others,
 * so that a terminal that is slow, or stopped, holds nobody back. What the journal does not take is
 * shown behind it, and then a terminal does hold back the command.
 *
 * <p>A platform thread: a write to a terminal may block.
 */
final class Echo implements JournalWriter.Bypass {
  private static final long STEP_BYTES = 256 * 1024;

  private final Journal journal;
  private final OutputStream out;
  private final OutputStream err;
  private final CountDownLatch shown = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private final Semaphore appended = new Semaphore(0);
  private volatile boolean bypassed;
  private boolean outOpen = true;
  private boolean errOpen = true;

  Echo(Journal journal, OutputStream out, OutputStream err) {
    this.journal = journal;
    this.out = out;
    this.err = err;
  }

  /** Begins, from the journal's first byte. */
  void start() {
    Thread.ofPlatform().daemon().name("sluice-echo").start(this::run);
  }

  /** Waits until all is shown that the journal has. */
  @Override
  public void begin(IOException why) {
    bypassed = true;
    appended.release();
    try {
      shown.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String reason = String.valueOf(why.getMessage()).replaceFirst(";.*", "");
    System.err.println("sluice: the stream is cut here: " + reason + "; the command goes on");
  }

  @Override
  public void write(Kind kind, byte[] bytes) {
    show(kind, 0, 0, bytes, 0, bytes.length);
  }

  /** Waits until all of a closed journal has been shown, or given up. */
  void await() throws InterruptedException {
    done.await();
  }

  /** Nobody waits for it any more. */
  void giveUp() {
    done.countDown();
  }

  private void run() {
    Runnable unwatch = journal.watch(appended::release);
    try {
      long position = 0;
      while (true) {
        boolean last = bypassed || journal.ending() != null; // before the tail, final after it
        position = show(position, journal.tail().position());
        if (last) {
          return;
        }
        appended.acquire();
        appended.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      unwatch.run();
      shown.countDown();
      done.countDown();
    }
  }

  /** In steps: what is on disk already comes through memory. */
  private long show(long from, long to) {
    long position = from;
    while (position < to) {
      long end = Math.min(to, position + STEP_BYTES);
      position = journal.read(position, end, this::show) ? end : skip(position, end);
    }
    return position;
  }

  private long skip(long from, long end) {
    long readable = journal.readableFrom(from);
    long next = readable > from ? readable : end;
    System.err.println("sluice: " + (next - from) + " bytes are not shown: they are gone");
    return next;
  }

  /** An output that was closed gets no more; viewers do not care. */
  private void show(Kind kind, long micros, long end, byte[] bytes, int offset, int length) {
    boolean isOut = kind == Kind.STDOUT;
    if (isOut ? !outOpen : !errOpen) {
      return;
    }
    try {
      OutputStream to = isOut ? out : err;
      to.write(bytes, offset, length);
      to.flush();
    } catch (IOException e) {
      outOpen &= !isOut;
      errOpen &= isOut;
    }
  }
}
