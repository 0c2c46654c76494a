package dev.sluice.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads both outputs of a command on one platform thread, and gives them to the sink.
 *
 * <p>It ends when both are at their end, that is when nobody has them open any more; or, once
 * {@link #stopWhenEmpty} was called, when they are empty: a process that could not be ended may
 * hold them open for ever. {@link #awaitWritten} waits until they are empty, and it goes on.
 *
 * <p>Thread safety: all methods. The files belong to the thread.
 */
final class OutputReader {
  private static final int BUFFER_BYTES = 64 * 1024;

  /** What two pipes hold; what is more than that was written after somebody asked for the rest. */
  private static final int REST_BYTES_MAX = 2 * 1024 * 1024;

  private static final Output.Kind[] KINDS = Output.Kind.values();
  private static final int CALL = KINDS.length;

  private final Descriptor[] pipes;
  private final Descriptor call;
  private final OutputSink sink;
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;
  private boolean callIsOpen = true;
  private boolean stopIsAsked;
  private CountDownLatch asked = new CountDownLatch(1);

  /** Those whom the thread has heard. */
  private final List<CountDownLatch> heard = new ArrayList<>();

  OutputReader(Descriptor output, Descriptor error, OutputSink sink) throws IOException {
    this.pipes = new Descriptor[] {output, error};
    this.call = Descriptor.openEventCounter();
    this.sink = sink;
  }

  /** Reads on this thread, until the end. */
  void run() {
    try (Arena arena = Arena.ofConfined()) {
      forward(arena);
    } catch (Throwable e) {
      failure = e;
    } finally {
      close();
      finished.countDown();
      heard.add(takeAsked());
      heard.forEach(CountDownLatch::countDown);
    }
  }

  private void forward(Arena arena) throws IOException {
    MemorySegment buffer = arena.allocate(BUFFER_BYTES);
    Poll poll = new Poll(arena, KINDS.length + 1);
    for (int i = 0; i < KINDS.length; i++) {
      poll.watchRead(i, pipes[i].number());
    }
    poll.watchRead(CALL, call.number());
    int open = KINDS.length;
    int rest = 0;
    while (open > 0) {
      boolean ready = poll.await(heard.isEmpty() ? Poll.FOREVER : 0);
      if (poll.isReady(CALL)) {
        hear(buffer);
        rest = REST_BYTES_MAX;
      } else if (!heard.isEmpty() && (!ready || rest <= 0)) {
        if (stopIsAsked()) {
          return;
        }
        heard.forEach(CountDownLatch::countDown);
        heard.clear();
      }
      for (int i = 0; i < KINDS.length; i++) {
        if (poll.isReady(i)) {
          int read = deliver(i, buffer);
          rest -= read;
          if (read == 0) {
            poll.forget(i);
            open--;
          }
        }
      }
    }
  }

  private void hear(MemorySegment buffer) throws IOException {
    int read = Libc.read(call.number(), buffer); // sets the counter back
    if (read < 0) {
      throw Libc.failure("reading a counter of events", read);
    }
    heard.add(takeAsked());
  }

  private synchronized CountDownLatch takeAsked() {
    CountDownLatch taken = asked;
    asked = new CountDownLatch(1);
    return taken;
  }

  private synchronized boolean stopIsAsked() {
    return stopIsAsked;
  }

  /** Reads once, which does not block, and delivers; 0 at the end. */
  private int deliver(int index, MemorySegment buffer) throws IOException {
    int read = Libc.read(pipes[index].number(), buffer);
    if (read < 0) {
      throw Libc.failure("reading the command's output", read);
    }
    if (read > 0) {
      var bytes = buffer.asSlice(0, read).asByteBuffer().asReadOnlyBuffer();
      sink.accept(new Output(KINDS[index], Instant.now(), bytes));
    }
    return read;
  }

  /** From now on there is nothing to wait for: ends it when it has read what is there. */
  synchronized void stopWhenEmpty() {
    stopIsAsked = true;
    call();
  }

  private synchronized void call() {
    if (callIsOpen) {
      try (Arena arena = Arena.ofConfined()) {
        var _ = Libc.write(call.number(), arena.allocateFrom(ValueLayout.JAVA_LONG, 1));
      }
    }
  }

  /** Whether the sink has had everything, or has failed. */
  boolean hasFinished() {
    return finished.getCount() == 0;
  }

  /** Waits until the sink has had everything. */
  void await() throws IOException, InterruptedException {
    finished.await();
    throwFailure();
  }

  /** Waits likewise, for a time; whether the sink has had everything. */
  boolean await(Duration timeout) throws IOException, InterruptedException {
    boolean ended = finished.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    throwFailure();
    return ended;
  }

  /** Waits until the sink has had what was written before this call. */
  void awaitWritten() throws IOException, InterruptedException {
    CountDownLatch written;
    synchronized (this) {
      written = callIsOpen ? asked : finished;
      call();
    }
    written.await();
    throwFailure();
  }

  private void throwFailure() throws IOException {
    Throwable first = failure;
    if (first != null) {
      throw new IOException("the command's output could not be delivered: " + first, first);
    }
  }

  /** Closes the files, when there is no thread that reads. */
  synchronized void close() {
    callIsOpen = false;
    call.close();
    for (Descriptor pipe : pipes) {
      pipe.close();
    }
  }
}
