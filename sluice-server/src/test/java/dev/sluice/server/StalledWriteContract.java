package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Response;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** What ends a write that waits for a slow client, other than its deadline and its client. */
abstract class StalledWriteContract extends Contract {
  private static final byte[] BLOCK = new byte[64 * 1024];

  private final CompletableFuture<Thread> writing = new CompletableFuture<>();

  StalledWriteContract(Transport transport) {
    super(transport);
  }

  /** Writes until that fails, and returns the failure. */
  private IOException writeForever(Response response) {
    writing.complete(Thread.currentThread());
    return assertThrows(
        IOException.class,
        () -> {
          while (true) {
            response.write(BLOCK);
            response.flush();
          }
        });
  }

  private void awaitStall() throws Exception {
    Stall.await(writing.get(60, TimeUnit.SECONDS));
  }

  private static CloseReason reason(IOException failure) {
    return assertThrows(
            StreamClosedException.class,
            () -> {
              throw failure;
            })
        .reason();
  }

  @RepeatedTest(10)
  void a_write_that_waits_is_woken_when_the_client_goes() throws Exception {
    var failure = new CompletableFuture<IOException>();
    serve((request, response) -> failure.complete(writeForever(response)));
    var exchange = connectTiny().get("/");
    awaitStall();
    exchange.cancel();
    assertEquals(CloseReason.CLIENT_GONE, reason(failure.get(60, TimeUnit.SECONDS)));
  }

  @Test
  void a_write_that_waits_is_woken_when_the_client_goes_though_no_interrupt_is_wanted()
      throws Exception {
    var failure = new CompletableFuture<IOException>();
    serve((request, response) -> {
      response.interruptOnCancel(false);
      failure.complete(writeForever(response));
      assertFalse(Thread.currentThread().isInterrupted());
    });
    var exchange = connectTiny().get("/");
    awaitStall();
    exchange.cancel();
    assertEquals(CloseReason.CLIENT_GONE, reason(failure.get(60, TimeUnit.SECONDS)));
  }

  @Test
  void a_write_that_waits_on_another_thread_than_the_handlers_is_woken_too() throws Exception {
    var failure = new CompletableFuture<IOException>();
    serve((request, response) -> {
      response.interruptOnCancel(false);
      Thread.ofVirtual().start(() -> failure.complete(writeForever(response))).join();
    });
    var exchange = connectTiny().get("/");
    awaitStall();
    exchange.cancel();
    assertEquals(CloseReason.CLIENT_GONE, reason(failure.get(60, TimeUnit.SECONDS)));
  }

  @Test
  void an_abort_wakes_a_write_that_waits() throws Exception {
    var failure = new CompletableFuture<IOException>();
    serve((request, response) -> {
      response.interruptOnCancel(false);
      Thread writer = Thread.ofVirtual().start(() -> failure.complete(writeForever(response)));
      Stall.await(writer);
      response.abort("the test says so");
      writer.join();
    });
    var exchange = connectTiny().get("/");
    assertEquals(CloseReason.ABORTED, reason(failure.get(60, TimeUnit.SECONDS)));
    assertFalse(exchange.end().complete());
  }

  @Test
  void an_interrupt_of_a_write_that_waits_is_an_interrupted_io_exception_and_cuts()
      throws Exception {
    var failure = new CompletableFuture<IOException>();
    serve((request, response) -> {
      var interrupted = writeForever(response);
      assertTrue(Thread.interrupted(), "the flag is kept");
      var next = assertThrows(StreamClosedException.class, () -> response.write("x"));
      assertEquals(CloseReason.INTERRUPTED, next.reason());
      failure.complete(interrupted);
    });
    var exchange = connectTiny().get("/");
    awaitStall();
    writing.get().interrupt();
    assertEquals(InterruptedIOException.class, failure.get(60, TimeUnit.SECONDS).getClass());
    server.awaitHandlers();
    assertFalse(exchange.end().complete());
  }

  @Test
  void an_interrupt_that_is_pending_does_not_harm_a_flush_that_need_not_wait() throws Exception {
    var gate = new Gate();
    var exchange =
        get((request, response) -> {
          Thread.currentThread().interrupt();
          response.write("x");
          response.flush();
          assertTrue(Thread.interrupted());
          gate.pass();
          response.write("y");
        });
    assertEquals("x", exchange.read(1));
    gate.open();
    var body = exchange.end();
    assertEquals("y", body.text());
    assertTrue(body.complete());
  }
}
