package dev.sluice.server;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** The memory that the JVM of the tests uses, after a collection. */
final class Memory {
  static final int MIB = 1024 * 1024;

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long PERIOD_MILLIS = 100;

  private Memory() {}

  /** Bytes on the heap, and beside it in buffers of the JDK and of Netty. */
  static long used() {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return heap + direct + PlatformDependent.usedDirectMemory();
  }

  /**
   * The same, once it is below a bound: a collection may leave what another thread is about to let
   * go of. What nobody has let go of for half a minute is kept.
   */
  static long usedBelow(long bound) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long used = used();
    while (used >= bound && System.nanoTime() < deadline) {
      Thread.sleep(PERIOD_MILLIS);
      used = used();
    }
    return used;
  }
}
