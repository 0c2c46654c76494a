package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a client may ask of the server. */
final class LimitsTest {
  private static final long MIB = 1 << 20;

  @Test
  void a_small_heap_is_enough_for_a_thousand_handlers_and_a_large_one_for_all() {
    assertTrue(
        Limits.handlersOfHeap(62 * MIB) > 1_000); // what -Xmx64m is with the serial collector
    assertEquals(4_369, Limits.handlersOfHeap(256 * MIB));
    assertTrue(Limits.handlersOfHeap(6 * 1024 * MIB) > 100_000);
    assertEquals(1, Limits.handlersOfHeap(1));
    assertEquals(Integer.MAX_VALUE, Limits.handlersOfHeap(Long.MAX_VALUE));
  }

  @Test
  void what_is_changed_is_changed_alone() {
    Limits limits =
        Limits.defaults()
            .withHandlersMax(1)
            .withConnectionsMax(2)
            .withHead(3, 4, 5)
            .withBodyBytesMax(6)
            .withKept(7, 8, 9)
            .withStreams(10, 11);
    assertEquals(new Limits(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 1), limits);
  }

  @Test
  void there_is_a_handler_at_least() {
    assertThrows(IllegalArgumentException.class, () -> Limits.defaults().withHandlersMax(0));
  }
}
