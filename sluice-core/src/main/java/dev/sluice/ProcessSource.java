package dev.sluice;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Reads a process's standard output, and ends the process if nobody wants it any more. */
final class ProcessSource implements PumpSource {
  /** What a process has for cleaning up between SIGTERM and SIGKILL. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(20);

  private final Process process;
  private final StreamSource output;
  private final AtomicBoolean cancelled = new AtomicBoolean();

  ProcessSource(Process process) {
    this.process = process;
    this.output = new StreamSource(process::getInputStream);
  }

  @Override
  public void open() throws IOException {
    output.open();
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    return output.read(buffer);
  }

  @Override
  public boolean more() throws IOException {
    return output.more();
  }

  @Override
  public void close() throws IOException {
    output.close();
  }

  /** The signals go first: the end of the writers is what wakes a read of a pipe. */
  @Override
  public void cancel() throws IOException {
    if (cancelled.compareAndSet(false, true)) {
      List<ProcessHandle> all =
          Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
      all.forEach(ProcessHandle::destroy);
      Thread.ofVirtual().name("sluice-process-end").start(() -> killAfterGrace(all));
    }
    output.close();
  }

  /**
   * Polls, since what waits for {@link ProcessHandle#onExit} may run on a thread of the common pool
   * and there wait for the read that is to be woken.
   */
  private static void killAfterGrace(List<ProcessHandle> all) {
    long deadlineNanos = System.nanoTime() + GRACE.toNanos();
    try {
      while (all.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadlineNanos) {
        Thread.sleep(POLL);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; if somebody does, the grace is over.
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
