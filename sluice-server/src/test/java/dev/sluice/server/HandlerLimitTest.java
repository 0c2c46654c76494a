package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Connection;
import dev.sluice.Request;
import dev.sluice.Response;
import dev.sluice.journal.Ending;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The limit on handlers in progress: who gets in, who is refused how, and who gives up a place. */
@ExtendWith(NettyLeaks.class)
final class HandlerLimitTest {
  private static final int MAX = 2;

  /** RFC 9113 section 7. */
  private static final int REFUSED_STREAM = 7;

  @RegisterExtension final TestServer server = new TestServer();

  private final Journal journal = new Journal("followed", 1 << 20);
  private final CountDownLatch released = new CountDownLatch(1);
  private Handlers handlers;
  private Transport transport;

  private void serve(Transport spoken) throws IOException {
    transport = spoken;
    ServerOptions options = spoken.configure(TestServer.options());
    handlers =
        server
            .start(
                options.withLimits(options.limits().withHandlersMax(MAX)),
                (request, response) ->
                    End.valueOf(request.path().substring(1)).handle(this, request, response))
            .handlers();
  }

  /** How a handler ends. */
  enum End {
    RETURNED {
      @Override
      void handle(HandlerLimitTest test, Request request, Response response) throws Exception {
        response.write("fine");
      }
    },
    WAITED {
      @Override
      void handle(HandlerLimitTest test, Request request, Response response) throws Exception {
        test.released.await();
      }
    },
    FAILED {
      @Override
      void handle(HandlerLimitTest test, Request request, Response response) throws Exception {
        throw new IOException("as expected");
      }
    },
    DIED {
      @Override
      void handle(HandlerLimitTest test, Request request, Response response) throws Exception {
        throw new OutOfMemoryError("as expected");
      }
    },
    ABORTED {
      @Override
      void handle(HandlerLimitTest test, Request request, Response response) throws Exception {
        response.write("something");
        response.flush();
        response.abort("as expected");
      }
    },
    FOLLOWED {
      @Override
      void handle(HandlerLimitTest test, Request request, Response response) throws Exception {
        response.follow(
            test.journal, new Offset(0), new WholeLines(1000, Duration.ofMinutes(1)), reason -> {});
      }
    },
    HIJACKED {
      @Override
      void handle(HandlerLimitTest test, Request request, Response response) throws Exception {
        try (Connection connection = response.hijack()) {
          connection.out().write("raw".getBytes(StandardCharsets.US_ASCII));
        }
      }
    };

    abstract void handle(HandlerLimitTest test, Request request, Response response)
        throws Exception;
  }

  private ContractClient connect() throws IOException {
    return server.closeAfter(transport.connect(server.address(), 0));
  }

  private void awaitInProgress(int places) throws InterruptedException {
    Await.until(places + " handlers", () -> handlers.inProgress() == places);
  }

  private ContractExchange fill() throws IOException, InterruptedException {
    ContractExchange one = connect().get("/WAITED");
    connect().get("/WAITED");
    awaitInProgress(MAX);
    return one;
  }

  private static void assertRefused(ContractExchange exchange) throws IOException {
    assertEquals(503, exchange.head().status());
    assertEquals("1", exchange.head().header("Retry-After"));
    assertEquals("nosniff", exchange.head().header("X-Content-Type-Options"));
    assertEquals("too many requests in progress: 2\n", exchange.end().text());
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "HTTP_2"})
  void one_more_is_refused_and_its_connection_goes_on(Transport spoken) throws Exception {
    serve(spoken);
    ContractExchange first = fill();
    ContractClient client = connect();
    assertRefused(client.get("/RETURNED"));
    assertRefused(client.get("/RETURNED"));
    assertRefused(client.send(ContractRequest.of("POST", "/RETURNED").withBody("a body")));
    released.countDown();
    assertEquals(200, first.head().status());
    awaitInProgress(0);
    assertEquals("fine", client.get("/RETURNED").end().text());
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"WAITED", "HIJACKED"})
  void a_place_is_given_back_once_over_HTTP_1(End how) throws Exception {
    assertGivenBack(Transport.HTTP_1, how);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"WAITED", "HIJACKED"})
  void a_place_is_given_back_once_over_HTTP_2(End how) throws Exception {
    assertGivenBack(Transport.HTTP_2, how);
  }

  private void assertGivenBack(Transport spoken, End how) throws Exception {
    serve(spoken);
    for (int i = 0; i < 2 * MAX; i++) {
      ContractExchange exchange = connect().get("/" + how);
      if (how == End.FOLLOWED) {
        exchange.head();
      } else {
        exchange.end();
      }
      if (how == End.FAILED || how == End.DIED) {
        server.expectLogged("as expected");
      }
      awaitInProgress(0);
    }
    assertFull();
    journal.close(Ending.PLAIN);
  }

  /** There are as many places as there were. */
  private void assertFull() throws Exception {
    fill();
    assertRefused(connect().get("/RETURNED"));
    released.countDown();
    awaitInProgress(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "HTTP_2"})
  void a_client_that_goes_gives_back_its_place(Transport spoken) throws Exception {
    serve(spoken);
    for (int i = 0; i < 2 * MAX; i++) {
      ContractExchange exchange = connect().get("/WAITED");
      awaitInProgress(1);
      exchange.cancel();
      awaitInProgress(0);
    }
    assertFull();
  }

  @Test
  void a_hijacked_connection_has_a_place_until_its_handler_returns() throws Exception {
    serve(Transport.HTTP_1);
    for (int i = 0; i < 2 * MAX; i++) {
      RawClient client = server.connect().send("GET /HIJACKED HTTP/1.1\r\nHost: test\r\n\r\n");
      assertEquals("raw", client.readToEnd());
      awaitInProgress(0);
    }
    assertFull();
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "HTTP_2"})
  void viewers_have_no_place(Transport spoken) throws Exception {
    serve(spoken);
    ContractClient client = connect();
    for (int i = 0; i < 3 * MAX; i++) {
      assertEquals(200, connect().get("/FOLLOWED").head().status());
      awaitInProgress(0);
    }
    assertEquals("fine", client.get("/RETURNED").end().text());
    journal.close(Ending.PLAIN);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "HTTP_2"})
  void a_large_head_counts_as_several(Transport spoken) throws Exception {
    serve(spoken);
    String large = "x".repeat(Handlers.HEAD_BYTES);
    ContractRequest request = ContractRequest.get("/WAITED").withHeader("X-Large", large);
    connect().send(request);
    awaitInProgress(2);
    assertRefused(connect().get("/RETURNED"));
    released.countDown();
    awaitInProgress(0);
    // More places than there are: all of them, so that it is not refused for ever.
    assertEquals(
        "fine",
        connect()
            .send(
                ContractRequest.get("/RETURNED")
                    .withHeader("X-1", large)
                    .withHeader("X-2", large)
                    .withHeader("X-3", large))
            .end()
            .text());
    awaitInProgress(0);
  }

  @Test
  void where_too_many_are_being_refused_a_connection_of_HTTP_1_ends() throws Exception {
    serve(Transport.HTTP_1);
    handlers.refuseAll();
    RawClient client = server.connect().send("GET /RETURNED HTTP/1.1\r\nHost: test\r\n\r\n");
    Reply reply = Reply.read(client);
    assertEquals(503, reply.status());
    assertTrue(reply.closes(), reply::toString);
    client.expectEnd();
  }

  @Test
  void where_too_many_are_being_refused_a_stream_of_HTTP_2_may_be_sent_again() throws Exception {
    serve(Transport.HTTP_2);
    handlers.refuseAll();
    Attacker client = server.closeAfter(Attacker.reading(server.address()));
    client.send(Http2Frame.headers(1, Http2Frame.END_STREAM, HeaderBlock.get("/RETURNED")));
    Await.until("it is reset", () -> client.received(Http2Frame.RST_STREAM) == 1);
    assertEquals(REFUSED_STREAM, client.resetError());
  }
}
