package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that has lost a Netty buffer.
 *
 * <p>Netty's leak detector finds one when it has become garbage and another one is made, and tells
 * nobody but its log. So the garbage is collected at the end of the class, and the log is read.
 */
final class NettyLeaks implements BeforeAllCallback, AfterAllCallback {
  private static final Logger DETECTOR = Logger.getLogger("io.netty.util.ResourceLeakDetector");
  private static final int BUFFERS = 64;

  private final Reports reports = new Reports();

  @Override
  public void beforeAll(ExtensionContext context) {
    begin();
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    try {
      assertEquals(List.of(), collect(), "buffers that were not released");
    } finally {
      end();
    }
  }

  void begin() {
    DETECTOR.setUseParentHandlers(false);
    DETECTOR.addHandler(reports);
  }

  void end() {
    DETECTOR.removeHandler(reports);
    DETECTOR.setUseParentHandlers(true);
  }

  /** What has leaked until now. */
  List<String> collect() throws InterruptedException {
    awaitCollection();
    for (int i = 0; i < BUFFERS; i++) {
      ByteBufAllocator.DEFAULT.buffer(16).release();
    }
    return List.copyOf(reports.messages);
  }

  private static void awaitCollection() throws InterruptedException {
    var queue = new ReferenceQueue<Object>();
    var sentinel = new PhantomReference<>(new Object(), queue);
    do {
      System.gc();
    } while (!sentinel.equals(queue.remove(100)));
  }

  private static final class Reports extends Handler {
    private final List<String> messages = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord record) {
      messages.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
