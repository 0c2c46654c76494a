package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The access log of a test, which must be exactly what the test waited for. Registered after {@link
 * TestServer}, which looks at warnings and errors, and switches the access log off.
 *
 * <p>Thread safety: the log may be written by any thread; the rest is the test's.
 */
final class AccessLog implements BeforeEachCallback, AfterEachCallback {
  private static final Logger LOGGER = Logger.getLogger("dev.sluice.access");

  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final Handler collector = new Collector();
  private int expected = -1;

  @Override
  public void beforeEach(ExtensionContext context) {
    LOGGER.addHandler(collector);
    LOGGER.setUseParentHandlers(false);
    LOGGER.setLevel(Level.ALL);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    LOGGER.removeHandler(collector);
    LOGGER.setUseParentHandlers(true);
    LOGGER.setLevel(null);
    if (expected >= 0) {
      assertEquals(expected, records.size(), () -> "lines in the access log: " + lines());
    }
    for (LogRecord entry : records) {
      if (entry.getThrown() != null) {
        throw new AssertionError("a stack in the access log", entry.getThrown());
      }
    }
  }

  /** The lines so far. */
  List<String> lines() {
    return records.stream().map(LogRecord::getMessage).toList();
  }

  /** Waits for so many lines; there must be no more of them, now and at the end of the test. */
  List<String> await(int count) throws InterruptedException {
    expected = count;
    Await.until(count + " lines in the access log", () -> records.size() >= count);
    assertEquals(count, records.size(), () -> "lines in the access log: " + lines());
    return lines();
  }

  /** Waits for the only line. */
  String awaitLine() throws InterruptedException {
    return await(1).getFirst();
  }

  private final class Collector extends Handler {
    @Override
    public void publish(LogRecord entry) {
      records.add(entry);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
