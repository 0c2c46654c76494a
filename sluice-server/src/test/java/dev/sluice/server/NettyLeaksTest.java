package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the check for lost buffers would find one. */
final class NettyLeaksTest {
  @Test
  void a_buffer_that_is_not_released_is_reported() throws InterruptedException {
    var leaks = new NettyLeaks();
    leaks.begin();
    try {
      assertEquals(ResourceLeakDetector.Level.PARANOID, ResourceLeakDetector.getLevel());
      loseBuffer();
      assertTrue(leaks.collect().getFirst().startsWith("LEAK: "));
    } finally {
      leaks.end();
    }
  }

  @Test
  void buffers_that_are_released_are_not() throws InterruptedException {
    var leaks = new NettyLeaks();
    leaks.begin();
    try {
      for (int i = 0; i < 100; i++) {
        ByteBufAllocator.DEFAULT.buffer(64).release();
      }
      assertEquals(List.of(), leaks.collect());
    } finally {
      leaks.end();
    }
  }

  private static void loseBuffer() {
    ByteBuf lost = ByteBufAllocator.DEFAULT.buffer(32);
    lost.writeByte(1);
  }
}
