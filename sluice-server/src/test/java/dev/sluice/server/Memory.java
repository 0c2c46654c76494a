package dev.sluice.server;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** The memory that the JVM of the tests uses, after a collection. */
final class Memory {
  static final int MIB = 1024 * 1024;

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
}
