package dev.sluice.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Keeps the warnings and errors that the server and Netty log, instead of printing them: a test
 * must expect each of them.
 *
 * <p>Thread safety: all methods.
 */
final class LogWatch extends Handler {
  private static final Logger ACCESS = Logger.getLogger("dev.sluice.access");
  private static final List<Logger> WATCHED =
      List.of(Logger.getLogger("dev.sluice"), Logger.getLogger("io.netty"));

  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  private LogWatch() {
    setLevel(Level.WARNING);
  }

  static LogWatch begin() {
    var watch = new LogWatch();
    ACCESS.setLevel(Level.OFF);
    for (Logger logger : WATCHED) {
      logger.setUseParentHandlers(false);
      logger.addHandler(watch);
    }
    return watch;
  }

  void end() {
    for (Logger logger : WATCHED) {
      logger.removeHandler(this);
      logger.setUseParentHandlers(true);
    }
    ACCESS.setLevel(null);
  }

  /** Waits for a record whose exception has a message with that text, and forgets it. */
  void expect(String text) throws InterruptedException {
    Await.until(
        "logged: " + text, () -> records.removeIf(record -> messageOf(record).contains(text)));
  }

  /** Everything that was logged and not expected; empty if all is well. */
  List<String> unexpected() {
    return records.stream().map(LogWatch::messageOf).toList();
  }

  private static String messageOf(LogRecord record) {
    return record.getLoggerName() + ": " + record.getMessage() + ": " + record.getThrown();
  }

  @Override
  public void publish(LogRecord record) {
    if (isLoggable(record)) {
      records.add(record);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
