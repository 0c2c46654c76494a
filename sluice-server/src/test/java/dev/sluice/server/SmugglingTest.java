package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Response;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing but a request that was sent as one is taken for one. */
final class SmugglingTest extends WireTest {
  private static final String BEHIND = "GET /behind HTTP/1.1\r\nHost: test\r\n\r\n";
  private static final String REFUSED = "GET /refused HTTP/1.1\r\n\r\n";
  private static final int LENGTH_MAX = 99_999_999;
  private static final int RETRIES_MILLIS = 3200;

  private final Queue<String> handled = new ConcurrentLinkedQueue<>();

  @Test
  void a_GET_with_the_keys_of_a_WebSocket_draft_has_no_body_and_is_a_400() throws Exception {
    serve((request, response) -> handled.add(request.method() + " " + request.target()));
    RawClient client =
        send("GET / HTTP/1.1\r\nHost: test\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n")
            .send("\r\nPOST /qqGET /hidden HTTP/1.1\r\nHost: test\r\n\r\n");
    Reply reply = Reply.read(client);
    assertEquals(400, reply.status());
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
    assertEquals(List.of(), List.copyOf(handled));
    access.awaitLine();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HEAD / HTTP/1.1\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: test\r\nExpect: else\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: test\r\nName : value\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: test\r\nName: folded\r\n value\r\n\r\n",
      })
  void A12_a_refused_HEAD_request_gets_no_body(String request) throws Exception {
    serve((ignored, response) -> response.write("never"));
    RawClient client = send(request);
    Reply reply = Reply.read(client, false);
    assertTrue(reply.status() >= 400, reply::toString);
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
    access.awaitLine();
  }

  /**
   * The refusal waits, since the socket is full of the response before it. How much fills it is
   * found out first, by a response that is aborted when the client takes no more.
   */
  @Test
  void a_refused_request_is_the_last_thing_on_its_connection() throws Exception {
    var opened = new CompletableFuture<Response>();
    var writing = new CompletableFuture<Thread>();
    var ended = new CompletableFuture<Void>();
    serve((request, response) -> {
      handled.add(request.path());
      if (!request.path().equals("/behind")) {
        opened.complete(response);
        writing.complete(Thread.currentThread());
        writeExactly(response, Integer.parseInt(request.path().substring(1)), ended);
      }
    });
    RawClient probe = connectTiny().send(get(LENGTH_MAX));
    Stall.await(writing.get(60, TimeUnit.SECONDS));
    assertThrows(TimeoutException.class, () -> ended.get(RETRIES_MILLIS, TimeUnit.MILLISECONDS));
    opened.get().abort("full");
    access.await(1);
    probe.readUntil("\r\n\r\n");
    int full = probe.readToEnd().length();

    RawClient client = connectTiny().send(get(full));
    access.await(2); // all of it is on its way
    client.send(REFUSED + BEHIND);
    access.await(3);
    assertEquals(full, Reply.read(client).body().length());
    assertEquals(400, Reply.read(client).status());
    client.expectEnd();
    assertEquals(List.of("/" + LENGTH_MAX, "/" + full), List.copyOf(handled));
    access.await(3);
  }

  /** A response of so many bytes, whose head has the same length whatever they are. */
  private static void writeExactly(Response response, int length, CompletableFuture<Void> ended)
      throws IOException {
    int digits = Integer.toString(length).length();
    response.interruptOnCancel(false);
    response.progressDeadline(Duration.ofSeconds(8)); // a write is tried again every second
    response.length(length).header("X-Padding", "x".repeat(10 - digits));
    try {
      response.write(new byte[length]);
    } finally {
      ended.complete(null);
    }
  }

  private RawClient connectTiny() throws Exception {
    return connect(RawClient.Options.DEFAULTS.withReceiveBufferBytes(4096));
  }

  private static String get(int length) {
    return "GET /" + length + " HTTP/1.1\r\nHost: test\r\n\r\n";
  }
}
