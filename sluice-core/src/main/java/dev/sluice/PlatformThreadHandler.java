package dev.sluice;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs a handler on a platform thread while the caller's thread waits. */
record PlatformThreadHandler(Handler handler) implements Handler {

  @Override
  public void handle(Request request, Response response) throws Exception {
    var task =
        new FutureTask<Void>(() -> {
          handler.handle(request, response);
          return null;
        });
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(Thread.currentThread().getName() + "-platform")
            .start(task);
    while (true) {
      try {
        task.get();
        return;
      } catch (InterruptedException e) {
        // The handler decides what an interrupt means to it; the response is its until it returns.
        thread.interrupt();
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case Exception cause -> throw cause;
          case Error cause -> throw cause;
          case null, default -> throw e;
        }
      }
    }
  }
}
