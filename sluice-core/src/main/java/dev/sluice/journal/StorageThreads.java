package dev.sluice.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads that files are touched on: an interrupted thread that reads or writes a file closes
 * it for everyone, and handlers are interrupted. Nobody interrupts these. They end when there is
 * nothing to do.
 */
final class StorageThreads {
  private static final int COUNT = 8;
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ThreadPoolExecutor POOL = newPool();

  private StorageThreads() {}

  /** One of them. */
  private static final class StorageThread extends Thread {
    StorageThread(Runnable task) {
      super(task, "sluice-storage-" + NUMBER.incrementAndGet());
      setDaemon(true);
    }
  }

  private static ThreadPoolExecutor newPool() {
    var pool =
        new ThreadPoolExecutor(
            COUNT, COUNT, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), StorageThread::new);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  static boolean isOne() {
    return Thread.currentThread() instanceof StorageThread;
  }

  static void execute(Runnable task) {
    POOL.execute(task);
  }

  /** A thread of its own that counts as one of them: for a task that lasts. */
  static Thread newThread(String name, Runnable task) {
    var thread = new StorageThread(task);
    thread.setName(name);
    return thread;
  }

  /** What may fail as files do. */
  @FunctionalInterface
  interface IoTask<T extends @Nullable Object> {
    T call() throws IOException;
  }

  /** As {@link #call}, for what may fail. */
  static <T extends @Nullable Object> T callIo(IoTask<T> task) throws IOException {
    if (isOne()) {
      return task.call();
    }
    try {
      return call(() -> {
        try {
          return task.call();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case UncheckedIOException io -> throw io.getCause();
        case RuntimeException other -> throw other;
        case Error error -> throw error;
        case null, default -> throw e;
      }
    }
  }

  /** Runs on one of them and waits for it, also while interrupted. */
  static <T extends @Nullable Object> T call(Supplier<T> task) {
    return isOne() ? task.get() : CompletableFuture.supplyAsync(task, POOL).join();
  }
}
