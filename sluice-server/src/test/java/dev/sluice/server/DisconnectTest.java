package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.StreamClosedException;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Kind;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules E1 and E2: a client that goes is noticed, without writing to it. */
final class DisconnectTest extends WireTest {
  private static final String UPLOAD = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n";

  /** How a client goes. */
  enum Going {
    CLOSE {
      @Override
      void go(RawClient client) throws IOException {
        client.close();
      }
    },
    FIN {
      @Override
      void go(RawClient client) throws IOException {
        client.shutdownOutput();
      }
    },
    RESET {
      @Override
      void go(RawClient client) throws IOException {
        client.reset();
      }
    };

    abstract void go(RawClient client) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void E1_a_handler_that_waits_is_interrupted(Going how) throws Exception {
    var handler = new WaitingHandler();
    serve(handler);
    RawClient client = send(GET);
    handler.awaitWaiting();
    how.go(client);
    handler.expectInterrupt();
    assertGone(handler);
  }

  @ParameterizedTest
  @EnumSource
  void E1_and_so_is_one_that_has_streamed(Going how) throws Exception {
    var handler =
        new WaitingHandler((request, response) -> {
          response.write("first");
          response.flush();
        });
    serve(handler);
    RawClient client = send(GET);
    client.readUntil("5\r\nfirst\r\n");
    handler.awaitWaiting();
    how.go(client);
    handler.expectInterrupt();
    assertGone(handler);
  }

  @ParameterizedTest
  @CsvSource({"CLOSE,1", "FIN,1", "RESET,1", "CLOSE,60000", "FIN,60000"})
  void E1_and_so_is_one_behind_whom_requests_wait(Going how, int pipelinedBytes) throws Exception {
    var handler = new WaitingHandler();
    serve(handler);
    RawClient client = send(GET + "G".repeat(pipelinedBytes));
    handler.awaitWaiting();
    how.go(client);
    handler.expectInterrupt();
    assertGone(handler);
  }

  @ParameterizedTest
  @EnumSource
  void E1_and_so_is_one_that_has_read_the_body(Going how) throws Exception {
    var handler = new WaitingHandler((request, response) -> request.body().readAllBytes());
    serve(handler);
    RawClient client = send(UPLOAD + "123456789");
    handler.awaitWaiting();
    how.go(client);
    handler.expectInterrupt();
    assertGone(handler);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void E1_a_body_that_ends_with_the_connection_does_not_look_whole(boolean followed)
      throws Exception {
    var journal = new Journal("part", 1 << 20);
    serve((request, response) -> {
      if (followed) {
        journal.append(Kind.STDOUT, Instant.EPOCH, new byte[] {'f'}, 0, 1);
        response.follow(journal, new Offset(0), RawFollow.RAW, reason -> {});
      } else {
        response.write("f");
        response.flush();
        request.cancelled().await(Duration.ofMinutes(1));
      }
    });
    RawClient client = send("GET / HTTP/1.0\r\n\r\n");
    client.readUntil("\r\n\r\nf");
    client.shutdownOutput(); // and goes on reading
    client.expectReset();
  }

  private void assertGone(WaitingHandler handler) throws InterruptedException {
    StreamClosedException refusal = handler.refusal();
    assertNotNull(refusal, "a write after that is refused");
    assertEquals(CloseReason.CLIENT_GONE, refusal.reason());
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
    awaitNoConnections();
  }

  @ParameterizedTest
  @EnumSource
  void E1_a_read_of_the_body_fails(Going how) throws Exception {
    var failure = new CompletableFuture<IOException>();
    serve((request, response) -> {
      try {
        request.body().readNBytes(4);
        response.flush();
        request.body().read();
      } catch (IOException e) {
        failure.complete(e);
        throw e;
      }
    });
    RawClient client = send(UPLOAD + "1234");
    client.readUntil("\r\n\r\n");
    how.go(client);
    // The interrupt and the end of the body are told at the same time: either may come first.
    assertNotNull(failure.get(60, TimeUnit.SECONDS));
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
  }

  @Test
  void E1_a_flush_that_waits_for_a_slow_client_fails() throws Exception {
    var writing = new Gate();
    var failure = new CompletableFuture<StreamClosedException>();
    serve((request, response) -> {
      byte[] block = new byte[1024 * 1024];
      try {
        while (true) {
          response.write(block);
          writing.open();
          response.flush();
        }
      } catch (StreamClosedException e) {
        failure.complete(e);
        throw e;
      }
    });
    RawClient client = connect(RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096)).send(GET);
    writing.pass();
    client.reset();
    assertEquals(CloseReason.CLIENT_GONE, failure.get(60, TimeUnit.SECONDS).reason());
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
  }

  @Test
  void E1_the_signal_is_raised_without_an_interrupt_if_that_is_off() throws Exception {
    var waiting = new Gate();
    var interrupted = new CompletableFuture<Boolean>();
    serve((request, response) -> {
      response.interruptOnCancel(false);
      var raised = new Gate();
      request.cancelled().onSet(raised::open);
      waiting.open();
      raised.pass();
      interrupted.complete(Thread.currentThread().isInterrupted());
    });
    RawClient client = send(GET);
    waiting.pass();
    client.close();
    assertFalse(interrupted.get(60, TimeUnit.SECONDS));
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
  }

  @Test
  void E1_past_64_KiB_of_requests_sent_ahead_a_write_notices() throws Exception {
    var gone = new Gate();
    var failure = new CompletableFuture<StreamClosedException>();
    serve((request, response) -> {
      gone.pass();
      try {
        while (true) {
          response.write("anyone there?");
          response.flush();
        }
      } catch (StreamClosedException e) {
        failure.complete(e);
        throw e;
      }
    });
    RawClient client = send(GET.repeat(5_000));
    client.close();
    gone.open();
    assertEquals(CloseReason.CLIENT_GONE, failure.get(60, TimeUnit.SECONDS).reason());
    awaitNoConnections();
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
  }

  @Test
  void E2_a_pipelined_request_does_not_count_as_going() throws Exception {
    var sent = new Gate();
    Handler handler =
        (request, response) -> {
          response.write("begin");
          response.flush();
          sent.pass();
          assertFalse(request.cancelled().isSet());
          response.write(" end " + request.path());
        };
    serve(handler);
    RawClient client = send("GET /1 HTTP/1.1\r\nHost: test\r\n\r\nGET /2 HTTP/1.1\r\n");
    String head = client.readUntil("5\r\nbegin\r\n");
    assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
    client.send("Host: test\r\n\r\n");
    sent.open();
    assertEquals("7\r\n end /1\r\n0\r\n\r\n", client.readExactly(17));
    assertEquals("begin end /2", Reply.read(client).body());
    access.await(2);
  }
}
