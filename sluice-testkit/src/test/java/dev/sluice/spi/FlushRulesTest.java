package dev.sluice.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.HijackedException;
import dev.sluice.HttpVersion;
import dev.sluice.Response;
import dev.sluice.StreamClosedException;
import dev.sluice.UnsupportedFeatureException;
import dev.sluice.testkit.TestExchange;
import dev.sluice.testkit.TestRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a flush promises, and who may call it: the rules B1 to B9, D5 and A14. */
@Timeout(180)
final class FlushRulesTest {
  private static final TestRequest REQUEST = TestRequest.get("/");

  private final CountDownLatch seen = new CountDownLatch(1);

  @Test
  void B1_a_flush_before_anything_sends_the_headers() throws Exception {
    var exchange =
        start((request, response) -> {
          response.flush();
          seen.await();
        });
    exchange.awaitHead();
    seen.countDown();
    assertEquals(200, exchange.status());
    assertEquals(List.of(), exchange.pieces());
  }

  @Test
  void B2_a_flush_with_nothing_new_sends_nothing() {
    var exchange =
        run((request, response) -> {
          response.flush();
          response.flush();
          response.write("a");
          response.flush();
          response.write(new byte[0]);
          response.flush();
          response.sync();
        });
    assertEquals(List.of("a"), exchange.pieces());
    assertEquals(2, exchange.outcome().flushes());
  }

  @Test
  void B3_every_call_after_a_failure_throws_the_first_one() {
    var exchange = TestExchange.of(REQUEST);
    exchange.run((request, response) -> {
      response.flush();
      exchange.disconnect();
      response.interruptOnCancel(false);
      for (int i = 0; i < 2; i++) {
        var e = assertThrows(StreamClosedException.class, () -> response.write("a"));
        assertEquals(CloseReason.CLIENT_GONE, e.reason());
        assertEquals("the client has gone", e.getCause().getMessage());
        assertThrows(StreamClosedException.class, response::flush);
        assertThrows(StreamClosedException.class, response::sync);
      }
    });
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
  }

  @Test
  void B4_a_flush_leaves_a_declared_length_alone() {
    var exchange =
        run((request, response) -> {
          response.length(2).write("a");
          response.flush();
          response.write("b");
        });
    assertEquals("2", exchange.headers().get("Content-Length"));
  }

  @Test
  void B6_what_was_flushed_is_there_while_the_handler_waits() throws Exception {
    var exchange =
        start((request, response) -> {
          OutputStream out = response.outputStream();
          out.write("through the view".getBytes(StandardCharsets.UTF_8));
          out.flush();
          seen.await();
          response.write(", and the end");
        });
    exchange.awaitFlushed("through the view");
    assertEquals("through the view", exchange.flushedText());
    seen.countDown();
    assertEquals("through the view, and the end", exchange.body());
  }

  @Test
  void what_does_not_fit_the_buffer_is_sent_in_order_whatever_the_sizes() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    byte[] bytes = new byte[400_000];
    random.nextBytes(bytes);
    var exchange =
        run((request, response) -> {
          for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytes.length - from, random.nextInt(1 << random.nextInt(18)));
            if (random.nextBoolean()) {
              response.write(bytes, from, length);
            } else {
              ByteBuffer buffer = ByteBuffer.wrap(bytes, from, length);
              response.write(buffer);
              assertEquals(0, buffer.remaining());
            }
            from += length;
            if (random.nextInt(4) == 0) {
              response.flush();
            }
          }
        });
    assertTrue(Arrays.equals(bytes, exchange.flushed()), "seed " + seed);
  }

  @Test
  void B7_after_a_hijack_every_call_throws_that_it_was_hijacked() {
    var exchange =
        run((request, response) -> {
          response.hijack();
          assertThrows(HijackedException.class, () -> response.write("a"));
          assertThrows(HijackedException.class, response::flush);
          assertThrows(HijackedException.class, () -> response.status(200));
        });
    assertEquals(CloseReason.HIJACKED, exchange.closeReason());
  }

  @Test
  void B8_after_the_handler_every_call_throws() {
    var kept = new AtomicReference<Response>();
    run((request, response) -> kept.set(response));
    Response response = kept.get();
    assertThrows(IllegalStateException.class, () -> response.write("late"));
    assertThrows(IllegalStateException.class, response::flush);
    assertThrows(IllegalStateException.class, () -> response.header("X", "1"));
    assertThrows(IllegalStateException.class, () -> response.defer(succeeded -> {}));
    assertThrows(IllegalStateException.class, response::reset);
  }

  @Test
  void B9_a_call_that_overlaps_another_throws_and_sends_nothing() throws Exception {
    var kept = new AtomicReference<Response>();
    var exchange = TestExchange.of(REQUEST);
    exchange.stall();
    exchange.start((request, response) -> {
      kept.set(response);
      response.write("first");
      response.flush();
    });
    exchange.awaitStalled();
    assertThrows(IllegalStateException.class, () -> kept.get().write("between"));
    assertThrows(IllegalStateException.class, () -> kept.get().flush());
    exchange.resume();
    assertEquals("first", exchange.body());
    assertTrue(exchange.complete());
  }

  @Test
  void B9_any_thread_may_write_one_after_the_other() {
    var exchange =
        run((request, response) -> {
          response.write("a");
          Thread other =
              Thread.ofPlatform()
                  .start(() -> {
                    try {
                      response.write("b");
                      response.flush();
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
          other.join();
          response.write("c");
        });
    assertEquals("abc", exchange.body());
  }

  @Test
  void A14_a_client_that_takes_nothing_for_the_deadline_ends_the_response() {
    var exchange = TestExchange.of(REQUEST);
    exchange.stall();
    exchange.run((request, response) -> {
      response.progressDeadline(Duration.ofMillis(10));
      response.write("a");
      response.flush();
    });
    assertEquals(CloseReason.WRITE_TIMEOUT, exchange.closeReason());
  }

  @Test
  void an_interrupt_ends_a_flush_to_a_slow_client_and_the_response() throws Exception {
    var handler = new AtomicReference<Thread>();
    var exchange = TestExchange.of(REQUEST);
    exchange.stall();
    exchange.start((request, response) -> {
      handler.set(Thread.currentThread());
      response.write("a");
      assertThrows(InterruptedIOException.class, response::flush);
      assertTrue(Thread.interrupted());
      var e = assertThrows(StreamClosedException.class, response::flush);
      assertEquals(CloseReason.INTERRUPTED, e.reason());
    });
    exchange.awaitStalled();
    handler.get().interrupt();
    assertEquals(CloseReason.INTERRUPTED, exchange.closeReason());
  }

  @Test
  void E1_a_client_that_goes_interrupts_a_handler_that_waits() throws Exception {
    var exchange =
        start((request, response) -> {
          response.flush();
          assertThrows(InterruptedException.class, seen::await);
          assertTrue(request.cancelled().isSet());
        });
    exchange.awaitHead();
    exchange.disconnect();
    assertEquals(CloseReason.CLIENT_GONE, exchange.closeReason());
    assertNull(exchange.failure());
  }

  @Test
  void D2_what_was_written_before_a_hijack_is_flushed_first() {
    var exchange = TestExchange.of(REQUEST);
    exchange.receive("already read");
    exchange.run((request, response) -> {
      response.write("Hello, ");
      try (var connection = response.hijack()) {
        exchange.checkpoint("hijacked");
        connection.out().write(connection.in().readAllBytes());
      }
    });
    assertEquals("Hello, ", exchange.flushedAt("hijacked"));
    assertEquals("already read", exchange.hijackedOutput());
    assertTrue(exchange.hijackedConnectionClosed());
  }

  @Test
  void D5_a_second_hijack_and_one_after_the_handler_throw() {
    var kept = new AtomicReference<Response>();
    run((request, response) -> {
      response.hijack();
      assertThrows(HijackedException.class, response::hijack);
    });
    run((request, response) -> kept.set(response));
    assertThrows(IllegalStateException.class, () -> kept.get().hijack());
  }

  @Test
  void D1_there_is_no_hijack_on_http_2() {
    TestExchange.run(
        (request, response) -> assertThrows(UnsupportedFeatureException.class, response::hijack),
        REQUEST.version(HttpVersion.HTTP_2));
  }

  private static TestExchange run(Handler handler) {
    return TestExchange.run(handler, REQUEST);
  }

  private static TestExchange start(Handler handler) {
    return TestExchange.start(handler, REQUEST);
  }
}
