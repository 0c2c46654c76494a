package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.testkit.RawClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule H1: how a shutdown ends, whatever comes between. */
final class ShutdownEndTest extends WireTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  /** A shutdown on a thread of its own; {@code ended} has what it threw, or null. */
  private record Shutdown(Thread thread, CompletableFuture<Exception> ended) {
    static Shutdown start(Server running, Duration grace) {
      var ended = new CompletableFuture<Exception>();
      Runnable shutdown =
          () -> {
            try {
              running.shutdown(grace);
              ended.complete(null);
            } catch (InterruptedException | RuntimeException e) {
              ended.complete(e);
            }
          };
      return new Shutdown(Thread.ofPlatform().name("shutdown").start(shutdown), ended);
    }

    void awaitWaiting() throws InterruptedException {
      Await.until(
          "it waits, or has ended",
          () ->
              switch (thread.getState()) {
                case TIMED_WAITING, TERMINATED -> true;
                case NEW, RUNNABLE, BLOCKED, WAITING -> false;
              });
    }
  }

  @Test
  void H1_a_shutdown_that_is_interrupted_again_and_again_goes_on_to_its_end() throws Exception {
    var handler = new WaitingHandler();
    // Not the fixture's: it would wait for a shutdown that does not end.
    Server running = Server.start(TestServer.options(), handler);
    RawClient client =
        server.closeAfter(RawClient.connect(running.address(), RawClient.Options.DEFAULTS));
    client.send(GET);
    handler.awaitWaiting();
    var shutdown = Shutdown.start(running, LONG);
    shutdown.awaitWaiting();
    Await.until(
        "it has ended",
        () -> {
          shutdown.thread().interrupt();
          return shutdown.ended().isDone();
        });
    assertInstanceOf(InterruptedException.class, shutdown.ended().get());
    handler.expectInterrupt();
    client.expectEnd();
    client.close();
    var waiter =
        CompletableFuture.runAsync(() -> {
          try {
            running.awaitShutdown();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    waiter.get(60, TimeUnit.SECONDS);
    Await.until("no open connection", () -> running.openConnections() == 0);
  }

  /**
   * The client still sends, and takes the response so slowly that the server's system has most of
   * it: a close would make it a reset.
   */
  @ParameterizedTest
  @ValueSource(strings = {"Connection: close\r\n", ""})
  void H1_a_response_that_is_complete_is_not_reset_away_after_the_grace_period(String close)
      throws Exception {
    int length = 64 * 1024;
    Server running = serve((request, response) -> response.length(length).write(new byte[length]));
    RawClient client =
        connect(RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096))
            .send("POST / HTTP/1.1\r\nHost: test\r\n" + close + "Content-Length: 1000000\r\n\r\n");
    access.awaitLine();
    var shutdown = Shutdown.start(running, Duration.ZERO);
    shutdown.awaitWaiting();
    client.readUntil("\r\n\r\n");
    int read = 0;
    while (read < length) {
      client.send("x");
      read += client.readExactly(1024).length();
    }
    client.expectEnd();
    client.close();
    shutdown.ended().get(60, TimeUnit.SECONDS);
  }
}
