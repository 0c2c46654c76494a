package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.StreamClosedException;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a slow client costs, and what a busy one costs the others. */
abstract class LoadContract extends Contract {
  private static final int MIB = 1024 * 1024;
  private static final int BLOCK_BYTES = 64 * 1024;
  private static final long LARGE_BYTES = 200L * MIB;

  /** What the system's socket buffers may hold; far less than the response has. */
  private static final long SOCKET_BUFFERS_BYTES = 16L * MIB;

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
    long before = memoryUsed();
    var exchange = connectTiny().get("/");
    Thread writer = writing.get(10, TimeUnit.SECONDS);
    byte[] expected = new byte[BLOCK_BYTES];
    long read = 0;
    for (int stop = 0; stop < 3; stop++) {
      Stall.await(writer);
      long ahead = written.get() - read;
      assertTrue(ahead < SOCKET_BUFFERS_BYTES, "bytes ahead of the client: " + ahead);
      long more = memoryUsed() - before;
      assertTrue(more < 4 * MIB, "bytes of memory: " + more);
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

  private static long memoryUsed() {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return heap + direct + PlatformDependent.usedDirectMemory();
  }

  @Test
  void handlers_that_flush_for_ever_leave_time_for_one_more_request() throws Exception {
    int busy = 2 * Runtime.getRuntime().availableProcessors();
    serve((request, response) -> {
      if (request.path().equals("/quick")) {
        response.write("quick");
        return;
      }
      response.interruptOnCancel(false);
      try {
        while (true) {
          response.write("x");
          response.flush();
        }
      } catch (StreamClosedException e) {
        // The client has gone, at last.
      }
    });
    List<ContractExchange> streams = new ArrayList<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < busy; i++) {
      var exchange = connect().get("/busy");
      assertEquals("x", exchange.read(1));
      streams.add(exchange);
      readers.add(Thread.ofPlatform().start(() -> readForEver(exchange)));
    }
    try {
      var client = connect();
      for (int i = 0; i < 5; i++) {
        long start = System.nanoTime();
        assertEquals("quick", client.get("/quick").end().text());
        var took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.compareTo(Duration.ofSeconds(2)) < 0, "answered after " + took);
      }
      assertEquals(busy, server.handlersRunning());
    } finally {
      for (ContractExchange stream : streams) {
        stream.cancel();
      }
      for (Thread reader : readers) {
        reader.join();
      }
    }
  }

  private static void readForEver(ContractExchange exchange) {
    byte[] bytes = new byte[BLOCK_BYTES];
    try {
      while (exchange.receive(bytes, 0, bytes.length) >= 0) {
        // Keeps up with the server, so that it need not wait.
      }
    } catch (IOException e) {
      // The test has ended it.
    }
  }
}
