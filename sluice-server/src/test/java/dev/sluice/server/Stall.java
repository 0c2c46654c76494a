package dev.sluice.server;

/** Tells that a thread waits within a write or flush, because the client takes no more. */
final class Stall {
  private static final String RESPONSE = "dev.sluice.spi.StreamingResponse";

  private Stall() {}

  /** Waits until it does. */
  static void await(Thread thread) throws InterruptedException {
    Await.until("a thread waits in a write", () -> waitsInWrite(thread));
  }

  private static boolean waitsInWrite(Thread thread) {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING -> {
        for (StackTraceElement frame : thread.getStackTrace()) {
          if (frame.getClassName().equals(RESPONSE)) {
            yield true;
          }
        }
        yield false;
      }
      case NEW, RUNNABLE, BLOCKED, TERMINATED -> false;
    };
  }
}
