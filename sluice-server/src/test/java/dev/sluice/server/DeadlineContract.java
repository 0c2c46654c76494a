package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The rules C1 to C3: how long a client may take. */
abstract class DeadlineContract extends Contract {
  private static final byte[] BLOCK = new byte[64 * 1024];

  private final CompletableFuture<Thread> writing = new CompletableFuture<>();

  DeadlineContract(Transport transport) {
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

  @Test
  void C1_reads_of_the_body_fail_after_the_deadline_and_stay_failed() throws Exception {
    var late = new Gate();
    serve((request, response) -> {
      assertEquals('a', request.body().read());
      request.readDeadline(Duration.ofMillis(100));
      var first = assertThrows(RequestException.class, () -> request.body().read());
      assertEquals(408, first.status());
      late.open();
      var second = assertThrows(RequestException.class, () -> request.body().read());
      assertEquals(408, second.status());
      response.status(299);
    });
    var exchange = connect().send(ContractRequest.upload("/"));
    exchange.send("a");
    late.pass();
    exchange.send("b");
    assertEquals(299, exchange.head().status());
    assertTrue(exchange.end().complete());
  }

  @Test
  void C1_a_deadline_that_has_passed_is_not_undone_by_bytes_that_come_too_late() throws Exception {
    var passed = new Gate();
    var sent = new Gate();
    serve((request, response) -> {
      request.readDeadline(Duration.ofMillis(50));
      assertThrows(RequestException.class, () -> request.body().read());
      passed.open();
      sent.pass();
      request.readDeadline(Duration.ofMinutes(1));
      assertThrows(RequestException.class, () -> request.body().read());
    });
    var exchange = connect().send(ContractRequest.upload("/"));
    passed.pass();
    exchange.send("late");
    exchange.endBody();
    sent.open();
    assertEquals(200, exchange.head().status());
    assertTrue(exchange.end().complete());
  }

  @Test
  void C1_a_handler_that_lets_the_failure_escape_answers_408() throws Exception {
    serve((request, response) -> {
      request.readDeadline(Duration.ofMillis(50));
      request.body().readAllBytes();
    });
    var exchange = connect().send(ContractRequest.upload("/"));
    assertEquals(408, exchange.head().status());
    assertTrue(exchange.end().complete());
  }

  @Test
  void C1_the_deadline_does_not_cover_the_response() throws Exception {
    var deadlinePassed = new Gate();
    serve((request, response) -> {
      assertEquals(3, request.body().readAllBytes().length);
      request.readDeadline(Duration.ofMillis(50));
      Thread.sleep(100);
      response.write("x");
      response.flush();
      deadlinePassed.pass();
    });
    var exchange = connect().send(ContractRequest.of("POST", "/").withBody("abc"));
    assertEquals("x", exchange.read(1));
    deadlinePassed.open();
    assertTrue(exchange.end().complete());
  }

  @Test
  void C2_a_client_that_accepts_nothing_is_cut() throws Exception {
    var failure = new CompletableFuture<IOException>();
    serve((request, response) -> {
      response.progressDeadline(Duration.ofMillis(200));
      failure.complete(writeForever(response));
    });
    var exchange = connectTiny().get("/");
    assertEquals(CloseReason.WRITE_TIMEOUT, reason(failure.get(60, TimeUnit.SECONDS)));
    server.awaitHandlers();
    assertFalse(exchange.end().complete());
  }

  @Test
  void C2_the_servers_write_timeout_holds_where_the_handler_sets_none() throws Exception {
    var failure = new CompletableFuture<IOException>();
    serve(
        options -> options.withTimeouts(options.timeouts().withWrite(Duration.ofMillis(200))),
        (request, response) -> failure.complete(writeForever(response)));
    var exchange = connectTiny().get("/");
    assertEquals(CloseReason.WRITE_TIMEOUT, reason(failure.get(60, TimeUnit.SECONDS)));
    assertFalse(exchange.end().complete());
  }

  @Test
  void C2_a_slow_client_that_accepts_a_little_is_not_cut() throws Exception {
    var failure = new CompletableFuture<IOException>();
    serve((request, response) -> {
      response.progressDeadline(Duration.ofSeconds(2));
      failure.complete(writeForever(response));
    });
    var exchange = connectTiny().get("/");
    awaitStall();
    // 50 kB/s for 2.4 s: in one deadline it takes less than what frees the socket's buffer.
    for (int i = 0; i < 24; i++) {
      exchange.skip(5_000);
      Thread.sleep(100);
      assertFalse(failure.isDone(), () -> "cut: " + failure.resultNow());
    }
    exchange.cancel();
    assertEquals(CloseReason.CLIENT_GONE, reason(failure.get(60, TimeUnit.SECONDS)));
  }

  @Test
  void C2_a_progress_deadline_runs_only_while_bytes_wait() throws Exception {
    var gate = new Gate();
    var exchange =
        get((request, response) -> {
          response.progressDeadline(Duration.ofMillis(50));
          response.write("a");
          response.flush();
          gate.pass();
          Thread.sleep(150);
          response.write("b");
        });
    assertEquals("a", exchange.read(1));
    gate.open();
    var body = exchange.end();
    assertEquals("b", body.text());
    assertTrue(body.complete());
  }

  @Test
  void C2_a_progress_deadline_ends_with_its_response() throws Exception {
    serve((request, response) -> {
      if (request.path().equals("/short")) {
        response.progressDeadline(Duration.ofMillis(50));
      } else {
        writing.complete(Thread.currentThread());
        for (int i = 0; i < 256; i++) {
          response.write(BLOCK);
        }
      }
    });
    var client = connectTiny();
    assertTrue(client.get("/short").end().complete());
    var exchange = client.get("/long");
    awaitStall();
    Thread.sleep(200);
    exchange.skip(256L * BLOCK.length);
    assertTrue(exchange.end().complete());
  }

  @Test
  void C2_a_progress_deadline_after_the_end_of_the_response_is_refused_and_changes_no_other()
      throws Exception {
    var ended = new CompletableFuture<Response>();
    var begun = new Gate();
    var tried = new Gate();
    var cut = new CompletableFuture<IOException>();
    serve((request, response) -> {
      switch (request.path()) {
        case "/ended" -> ended.complete(response);
        case "/next" -> {
          begun.open();
          tried.pass();
          writing.complete(Thread.currentThread());
          for (int i = 0; i < 256; i++) {
            response.write(BLOCK);
          }
        }
        default -> {
          response.progressDeadline(Duration.ofMillis(100));
          cut.complete(writeForever(response));
        }
      }
    });
    var client = connectTiny();
    assertTrue(client.get("/ended").end().complete());
    var next = client.get("/next");
    begun.pass();
    Duration deadline = Duration.ofMillis(50);
    assertThrows(IllegalStateException.class, () -> ended.get().progressDeadline(deadline));
    tried.open();
    awaitStall();
    var control = connectTiny().get("/control");
    assertEquals(CloseReason.WRITE_TIMEOUT, reason(cut.get(60, TimeUnit.SECONDS)));
    assertFalse(control.end().complete());
    next.skip(256L * BLOCK.length);
    assertTrue(next.end().complete());
  }

  @Test
  void C3_a_passed_deadline_cuts_that_response_alone() throws Exception {
    var failure = new CompletableFuture<IOException>();
    var gate = new Gate();
    serve((request, response) -> {
      if (request.path().equals("/stalled")) {
        response.progressDeadline(Duration.ofMillis(100));
        failure.complete(writeForever(response));
      } else {
        response.write("a");
        response.flush();
        gate.pass();
        response.write("b");
      }
    });
    var healthy = connect().get("/healthy");
    assertEquals("a", healthy.read(1));
    var stalled = connectTiny().get("/stalled");
    assertEquals(CloseReason.WRITE_TIMEOUT, reason(failure.get(60, TimeUnit.SECONDS)));
    gate.open();
    assertEquals("b", healthy.end().text());
    assertFalse(stalled.end().complete());
  }
}
