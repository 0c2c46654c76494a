package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A test of clients of HTTP/2 that mean harm. What they cost is counted and printed; it is bounded,
 * and others are served meanwhile and afterwards.
 */
@ExtendWith(NettyLeaks.class)
abstract class AttackFixture {
  /** An attacker does not hang up first. */
  private static final Duration LINGER = Duration.ofMillis(100);

  /** What the JVM of the tests has more or less of by itself, on a machine that is busy. */
  private static final int NOISE_MEBIBYTES = 8;

  @RegisterExtension final TestServer server = new TestServer();

  private final AtomicInteger started = new AtomicInteger();
  private long memoryBefore;
  private long cpuBefore;

  /** Serves a handler, of which the starts are counted, and {@code /other} beside it. */
  final void serve(UnaryOperator<ServerOptions> options, Handler handler) throws IOException {
    ServerOptions usual = TestServer.options();
    Timeouts timeouts = usual.timeouts().withEnding(Duration.ofSeconds(1), LINGER);
    server.start(
        options.apply(usual.withTimeouts(timeouts)),
        (request, response) -> {
          if (request.path().equals("/other")) {
            response.write("served");
          } else {
            started.incrementAndGet();
            handler.handle(request, response);
          }
        });
    assertOthersAreServed();
    memoryBefore = Memory.used();
    cpuBefore = cpuMillis();
  }

  final void serve(Handler handler) throws IOException {
    serve(UnaryOperator.identity(), handler);
  }

  final Attacker attack(int... settings) throws IOException {
    return server.closeAfter(Attacker.reading(server.address(), settings));
  }

  /** One that reads nothing and has a small receive buffer. */
  final Attacker attackDeaf(int... settings) throws IOException {
    return server.closeAfter(Attacker.deaf(server.address(), Contract.TINY_BUFFER_BYTES, settings));
  }

  /** How many handlers have been started. */
  final int started() {
    return started.get();
  }

  /** Someone else is answered, on a connection of HTTP/2 and on one of HTTP/1. */
  final void assertOthersAreServed() throws IOException {
    for (Transport transport : new Transport[] {Transport.HTTP_2, Transport.HTTP_1}) {
      try (var client = transport.connect(server.address(), 0)) {
        assertEquals("served", client.get("/other").end().text());
      }
    }
  }

  /** Others are served, and little memory is kept; prints what it cost. */
  final void assertBounded(String attack, Attacker attacker, int mebibytesMax)
      throws IOException, InterruptedException {
    long cpu = cpuMillis() - cpuBefore;
    assertOthersAreServed();
    long most = (long) (mebibytesMax + NOISE_MEBIBYTES) * Memory.MIB;
    long kept = Memory.usedBelow(memoryBefore + most) - memoryBefore;
    System.out.printf(
        "%s: %s; %d handlers, %d ms CPU of the server, %d KiB kept%n",
        attack, attacker, started(), cpu, kept / 1024);
    assertTrue(kept < most, "bytes of memory: " + kept);
  }

  /** What event loops and the carriers of handlers have used. */
  private static long cpuMillis() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long nanos = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null
          && (thread.getThreadName().startsWith("sluice-")
              || thread.getThreadName().startsWith("ForkJoinPool-1-"))) {
        nanos += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return nanos / 1_000_000;
  }
}
