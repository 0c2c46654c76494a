package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.StreamClosedException;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rule E3: what a FIN of the client means, by the option {@code halfClose}. */
final class HalfCloseTest extends WireTest {

  private void serveHalfClosed(Handler handler) throws IOException {
    serve(options -> options.withHalfClose(true), handler);
  }

  @Test
  void E3_a_FIN_is_going_unless_the_option_is_set() throws Exception {
    var handler = new WaitingHandler();
    serve(handler);
    RawClient client = send(GET);
    handler.awaitWaiting();
    client.shutdownOutput();
    handler.expectInterrupt();
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
    assertEquals("", client.readToEnd());
  }

  @Test
  void E3_with_the_option_the_response_goes_on_to_its_end() throws Exception {
    var handler =
        new WaitingHandler((request, response) -> {
          response.write("before ");
          response.flush();
        });
    serveHalfClosed((request, response) -> {
      handler.handle(request, response);
      response.write("after");
    });
    RawClient client = send(GET);
    client.shutdownOutput();
    client.readUntil("7\r\nbefore \r\n");
    handler.awaitWaiting();
    handler.release();
    assertEquals("5\r\nafter\r\n0\r\n\r\n", client.readToEnd());
    assertTrue(access.awaitLine().endsWith("COMPLETED"), access.lines()::toString);
  }

  @Test
  void E3_with_the_option_all_requests_that_were_sent_are_answered() throws Exception {
    serveHalfClosed((request, response) -> response.write(request.path()));
    RawClient client =
        send("GET /1 HTTP/1.1\r\nHost: test\r\n\r\nGET /2 HTTP/1.1\r\nHost: test\r\n\r\n");
    client.shutdownOutput();
    assertEquals("/1", Reply.read(client).body());
    assertEquals("/2", Reply.read(client).body());
    client.expectEnd();
    access.await(2);
  }

  @Test
  void E3_with_the_option_a_client_that_is_gone_is_noticed_by_a_write() throws Exception {
    var failure = new CompletableFuture<StreamClosedException>();
    serveHalfClosed((request, response) -> {
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
    RawClient client = send(GET);
    client.readUntil("\r\n\r\n");
    client.close();
    assertEquals(CloseReason.CLIENT_GONE, failure.get(60, TimeUnit.SECONDS).reason());
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
  }

  @Test
  void E3_with_the_option_a_FIN_within_the_body_is_still_going() throws Exception {
    serveHalfClosed((request, response) -> request.body().readAllBytes());
    RawClient client = send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n1234");
    client.shutdownOutput();
    assertEquals("", client.readToEnd());
    assertTrue(access.awaitLine().endsWith("CLIENT_GONE"), access.lines()::toString);
  }

  @Test
  void E3_with_the_option_a_FIN_within_the_body_of_a_request_sent_ahead_is_too() throws Exception {
    var failure = new CompletableFuture<IOException>();
    serveHalfClosed((request, response) -> {
      if (request.path().equals("/2")) {
        failure.complete(assertThrows(IOException.class, () -> request.body().readAllBytes()));
      }
    });
    RawClient client =
        send("GET /1 HTTP/1.1\r\nHost: test\r\n\r\n")
            .send("POST /2 HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n1234");
    client.shutdownOutput();
    assertEquals("", Reply.read(client).body());
    failure.get(60, TimeUnit.SECONDS);
    client.readToEnd();
  }

  @Test
  void E3_with_the_option_a_FIN_within_a_head_just_closes() throws Exception {
    serveHalfClosed((request, response) -> response.write("never"));
    RawClient client = send("GET / HTTP/1.1\r\nHo");
    client.shutdownOutput();
    client.expectEnd();
    access.await(0);
  }
}
