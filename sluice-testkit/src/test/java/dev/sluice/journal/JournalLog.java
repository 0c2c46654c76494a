package dev.sluice.journal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Keeps what journals log instead of printing it. */
final class JournalLog extends Handler implements AutoCloseable {
  private static final Logger LOGGER = Logger.getLogger("dev.sluice.journal");

  private final Consumer<String> listener;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  JournalLog() {
    this(_ -> {});
  }

  /** One that also tells someone, at once. */
  JournalLog(Consumer<String> listener) {
    this.listener = listener;
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(this);
  }

  /** Each line, as its level and message. */
  List<String> lines() {
    return lines;
  }

  @Override
  public void publish(LogRecord line) {
    Level level = line.getLevel();
    String text = level.getName() + " " + new SimpleFormatter().formatMessage(line);
    lines.add(text);
    listener.accept(text);
  }

  @Override
  public void flush() {
    // Nothing waits.
  }

  @Override
  public void close() {
    LOGGER.removeHandler(this);
    LOGGER.setUseParentHandlers(true);
  }
}
