package dev.sluice.cli;

import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/**
 * Shows a journal on this command's own standard output and error, untouched: a viewer like others,
 * so that a terminal that is slow, or stopped, holds nobody back.
 *
 * <p>A platform thread: a write to a terminal may block.
 */
final class Echo {
  private final Journal journal;
  private final OutputStream out;
  private final OutputStream err;
  private final CountDownLatch done = new CountDownLatch(1);
  private boolean outOpen = true;
  private boolean errOpen = true;

  private Echo(Journal journal, OutputStream out, OutputStream err) {
    this.journal = journal;
    this.out = out;
    this.err = err;
  }

  /** Begins, from the journal's first byte. */
  static Echo start(Journal journal, OutputStream out, OutputStream err) {
    Echo echo = new Echo(journal, out, err);
    Thread.ofPlatform().daemon().name("sluice-echo").start(echo::run);
    return echo;
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
    var appended = new Semaphore(0);
    Runnable unwatch = journal.watch(appended::release);
    try {
      long position = 0;
      while (true) {
        Ending ending = journal.ending(); // before the tail, which is final after it
        position = show(position, journal.tail().position());
        if (ending != null) {
          return;
        }
        appended.acquire();
        appended.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      unwatch.run();
      done.countDown();
    }
  }

  private long show(long from, long to) {
    if (!journal.read(from, to, this::show)) {
      long start = journal.start().position();
      System.err.println("sluice: " + (start - from) + " bytes are not shown: written too fast");
      return start;
    }
    return to;
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
