package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a slow client costs. */
abstract class LoadContract extends Contract {
  private static final int BLOCK_BYTES = 64 * 1024;
  private static final long LARGE_BYTES = 32L * Memory.MIB;

  /** What the system's socket buffers may hold; far less than the response has. */
  private static final long SOCKET_BUFFERS_BYTES = 16L * Memory.MIB;

  /** What else the JVM does may show as much: two chunks of Netty's buffers, say. */
  private static final long NOISE_BYTES = 10L * Memory.MIB;

  LoadContract(Transport transport) {
    super(transport);
  }

  @Test
  void a_large_response_to_a_slow_client_waits_for_it_and_takes_no_memory() throws Exception {
    var writing = new CompletableFuture<Thread>();
    var written = new AtomicLong();
    serve((request, response) -> {
      writing.complete(Thread.currentThread());
      byte[] block = new byte[BLOCK_BYTES];
      while (written.get() < LARGE_BYTES) {
        fill(block, written.get() / BLOCK_BYTES);
        response.write(block);
        written.addAndGet(BLOCK_BYTES);
      }
    });
    long before = Memory.used();
    var exchange = connectTiny().get("/");
    Thread writer = writing.get(60, TimeUnit.SECONDS);
    byte[] expected = new byte[BLOCK_BYTES];
    long read = 0;
    for (int stop = 0; stop < 3; stop++) {
      Stall.await(writer);
      long ahead = written.get() - read;
      assertTrue(ahead < SOCKET_BUFFERS_BYTES, "bytes ahead of the client: " + ahead);
      long more = Memory.usedBelow(before + NOISE_BYTES) - before;
      assertTrue(more < NOISE_BYTES, "bytes of memory: " + more);
      for (int i = 0; i < 64; i++) {
        fill(expected, read / BLOCK_BYTES);
        assertEquals(new String(expected, StandardCharsets.ISO_8859_1), exchange.read(BLOCK_BYTES));
        read += BLOCK_BYTES;
      }
    }
    exchange.skip(LARGE_BYTES - read);
    assertTrue(exchange.end().complete());
    assertEquals(LARGE_BYTES, written.get());
  }

  private static void fill(byte[] block, long number) {
    Arrays.fill(block, (byte) number);
  }
}
