package dev.sluice.cli;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What Ctrl-C does: the first ends the command and all that it started, and viewers see its end;
 * the second leaves at once.
 *
 * <p>Thread safety: all methods.
 */
final class Stop {
  private final JournaledCommand command;
  private final Runnable onStop;
  private final AtomicInteger requests = new AtomicInteger();

  Stop(JournaledCommand command, Runnable onStop) {
    this.command = command;
    this.onStop = onStop;
  }

  /** Listens to signals from now on. */
  void install() {
    if (!Interrupts.handle(this::request)) {
      Runtime.getRuntime().addShutdownHook(new Thread(command::end, "sluice-stop"));
    }
  }

  boolean requested() {
    return requests.get() > 0;
  }

  private void request() {
    if (requests.incrementAndGet() == 1) {
      Thread.ofPlatform().daemon().name("sluice-stop").start(this::stop);
    } else {
      command.kill();
      Runtime.getRuntime().halt(ExitStatus.INTERRUPTED);
    }
  }

  private void stop() {
    command.end();
    onStop.run();
  }
}
