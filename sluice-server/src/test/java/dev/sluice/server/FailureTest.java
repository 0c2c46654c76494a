package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.RequestException;
import dev.sluice.Response;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rules E4 to E6: a truncated response never looks whole, and one failure stays one. */
final class FailureTest extends WireTest {
  private static final String GET_1_0 = "GET / HTTP/1.0\r\n\r\n";

  @Test
  void E4_before_anything_was_sent_a_failure_is_a_500() throws Exception {
    serve((request, response) -> {
      response.status(201).header("X-Lost", "yes").write("lost as well");
      throw new IllegalStateException("the handler's own");
    });
    RawClient client = send(GET);
    Reply reply = Reply.read(client);
    assertEquals(500, reply.status());
    assertEquals("internal server error\n", reply.body());
    assertNull(reply.headers().get("X-Lost"));
    server.expectLogged("the handler's own");
    assertTrue(access.awaitLine().contains(" 500 "), access.lines()::toString);
  }

  @Test
  void E4_after_a_500_the_connection_is_used_again() throws Exception {
    serve((request, response) -> {
      if (request.path().equals("/fail")) {
        throw new StackOverflowError("not even an Exception");
      }
      response.write("fine");
    });
    RawClient client = send("GET /fail HTTP/1.1\r\nHost: test\r\n\r\n" + GET);
    assertEquals(500, Reply.read(client).status());
    assertEquals("fine", Reply.read(client).body());
    server.expectLogged("not even an Exception");
  }

  @Test
  void E4_a_request_at_fault_gets_its_status_and_no_stack_is_logged() throws Exception {
    serve((request, response) -> {
      throw new RequestException(422, "no such colour");
    });
    Reply reply = Reply.read(send(GET));
    assertEquals(422, reply.status());
    assertEquals("no such colour\n", reply.body());
    assertTrue(access.awaitLine().endsWith("BAD_REQUEST"), access.lines()::toString);
  }

  @Test
  void E4_after_a_flush_the_last_chunk_is_missing_and_a_FIN_follows() throws Exception {
    var seen = new Gate();
    serve(flushedThen(seen, failing()));
    RawClient client = send(GET + GET);
    assertTrue(client.readUntil("\r\n\r\n").contains("Transfer-Encoding: chunked\r\n"));
    assertEquals("7\r\nflushed\r\n", client.readExactly(12));
    seen.open();
    client.expectEnd();
    server.expectLogged("midway");
    assertTrue(access.awaitLine().endsWith("HANDLER_FAILED"), access.lines()::toString);
  }

  @Test
  void E4_a_body_of_declared_length_ends_early() throws Exception {
    var seen = new Gate();
    Handler handler = flushedThen(seen, failing());
    serve((request, response) -> handler.handle(request, response.length(100)));
    RawClient client = send(GET + GET);
    assertTrue(client.readUntil("\r\n\r\n").contains("Content-Length: 100\r\n"));
    assertEquals("flushed", client.readExactly(7));
    seen.open();
    client.expectEnd();
    server.expectLogged("midway");
    access.awaitLine();
  }

  @Test
  void E4_a_body_without_framing_ends_with_a_reset() throws Exception {
    var seen = new Gate();
    serve(flushedThen(seen, failing()));
    RawClient client = send(GET_1_0);
    client.readUntil("\r\n\r\n");
    assertEquals("flushed", client.readExactly(7));
    seen.open();
    client.expectReset();
    server.expectLogged("midway");
    access.awaitLine();
  }

  @Test
  void E4_with_framing_what_was_flushed_is_delivered() throws Exception {
    int size = 256 * 1024;
    serve((request, response) -> {
      response.length(2L * size);
      response.write(new byte[size]);
      response.flush();
      throw new IllegalStateException("midway");
    });
    RawClient client = send(GET);
    access.awaitLine();
    client.readUntil("\r\n\r\n");
    assertEquals(size, client.readToEnd().length());
    server.expectLogged("midway");
  }

  @Test
  void E5_an_abort_cuts_the_stream_and_logs_no_stack() throws Exception {
    var seen = new Gate();
    serve(flushedThen(seen, response -> response.abort("the upstream failed")));
    RawClient client = send(GET + GET);
    client.readUntil("7\r\nflushed\r\n");
    seen.open();
    client.expectEnd();
    assertTrue(access.awaitLine().contains("ABORTED"), access.lines()::toString);
  }

  @Test
  void E5_an_abort_before_anything_was_sent_closes() throws Exception {
    serve((request, response) -> {
      response.write("never sent");
      response.abort("no");
    });
    send(GET).expectEnd();
    assertTrue(access.awaitLine().contains("ABORTED"), access.lines()::toString);
  }

  @Test
  void E5_an_abort_of_a_body_without_framing_is_a_reset() throws Exception {
    var seen = new Gate();
    serve(flushedThen(seen, response -> response.abort("no")));
    RawClient client = send(GET_1_0);
    client.readUntil("\r\n\r\nflushed");
    seen.open();
    client.expectReset();
    access.awaitLine();
  }

  @Test
  void E5_an_abort_by_another_thread_interrupts_the_handler() throws Exception {
    var response = new CompletableFuture<Response>();
    var handler = new WaitingHandler((request, opened) -> response.complete(opened));
    serve(handler);
    RawClient client = send(GET);
    handler.awaitWaiting();
    response.get(60, TimeUnit.SECONDS).abort("from outside");
    handler.expectInterrupt();
    client.expectEnd();
    assertTrue(access.awaitLine().contains("ABORTED"), access.lines()::toString);
  }

  @Test
  void E6_one_failure_does_not_touch_another_connection() throws Exception {
    var failed = new Gate();
    serve((request, response) -> {
      response.write("begin");
      response.flush();
      if (request.path().equals("/fail")) {
        throw new IllegalStateException("one of two");
      }
      failed.pass();
      response.write(" end");
    });
    RawClient other = send(GET);
    other.readUntil("\r\n\r\n");
    RawClient failing = send("GET /fail HTTP/1.1\r\nHost: test\r\n\r\n");
    failing.readUntil("5\r\nbegin\r\n");
    failing.expectEnd();
    server.expectLogged("one of two");
    failed.open();
    assertEquals("5\r\nbegin\r\n4\r\n end\r\n0\r\n\r\n", other.readExactly(24));
    access.await(2);
  }

  /** What a handler does once the client has seen its first bytes. */
  @FunctionalInterface
  private interface Then {
    void apply(Response response) throws IOException;
  }

  private static Then failing() {
    return response -> {
      response.write("never flushed");
      throw new IllegalStateException("midway");
    };
  }

  private static Handler flushedThen(Gate seen, Then then) {
    return (request, response) -> {
      response.write("flushed");
      response.flush();
      seen.pass();
      then.apply(response);
    };
  }
}
