package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The rule H1: who is told of a shutdown, and who is not any more. */
final class DrainHookTest extends WireTest {
  private static final int REQUESTS = 1000;

  @Test
  void H1_what_a_request_wanted_to_do_at_a_shutdown_is_forgotten_when_it_has_ended()
      throws Exception {
    var ran = new AtomicInteger();
    var told = new Gate();
    var waiting = new Gate();
    Duration brief = Duration.ofMillis(50);
    Server running =
        serve(
            options ->
                options.withTimeouts(
                    options.timeouts().withEnding(brief, brief).withDrain(Duration.ofMinutes(1))),
            (request, response) -> {
              if (request.path().equals("/open")) {
                request.draining().onSet(told::open);
                waiting.open();
                told.pass();
              } else {
                request.draining().onSet(ran::incrementAndGet);
                response.write("x");
              }
            });
    RawClient client = connect();
    for (int i = 0; i < REQUESTS; i++) {
      assertEquals("x", Reply.read(client.send(GET)).body());
    }
    server.awaitHandlers();
    RawClient open = send("GET /open HTTP/1.1\r\nHost: test\r\n\r\n");
    waiting.pass();
    running.close();
    assertEquals(0, ran.get(), "actions of requests that have ended");
    Reply reply = Reply.read(open);
    assertTrue(reply.closes(), reply::toString);
  }
}
