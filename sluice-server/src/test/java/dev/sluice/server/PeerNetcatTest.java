package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("needs-nc")
final class PeerNetcatTest extends PeerTest {

  @Test
  void a_request_typed_by_hand_is_answered_in_time() throws Exception {
    serveInTwoSteps();
    PeerProcess nc = connect("nc");
    nc.writeLine("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r");
    skipHead(nc);
    assertEquals("6", nc.readLine());
    assertEquals("first", nc.readLine());
    goOn();
    for (String line : List.of("", "7", "second", "", "0", "")) {
      assertEquals(line, nc.readLine());
    }
  }

  @Test
  void one_who_half_closes_is_answered_where_that_is_wanted() throws Exception {
    server.start(TestServer.options().withHalfClose(true), this::answerInTwoSteps);
    PeerProcess nc = connect("nc", "-N");
    nc.writeLine("GET / HTTP/1.0\r\n\r");
    nc.endInput();
    skipHead(nc);
    expectInTime(nc);
  }

  @Test
  void and_counts_as_gone_where_it_is_not() throws Exception {
    var interrupted = new CountDownLatch(1);
    server.start((request, response) -> {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
    });
    PeerProcess nc = connect("nc", "-N");
    nc.writeLine("GET / HTTP/1.0\r\n\r");
    nc.endInput();
    assertTrue(interrupted.await(60, TimeUnit.SECONDS));
    assertEquals(List.of(), nc.readToEnd());
  }

  private PeerProcess connect(String... netcat) throws IOException {
    String port = Integer.toString(server.address().getPort());
    return netcat.length == 1
        ? run(netcat[0], "127.0.0.1", port)
        : run(netcat[0], netcat[1], "127.0.0.1", port);
  }

  private static void skipHead(PeerProcess nc) throws IOException {
    assertEquals("HTTP/1.1 200 OK", nc.readLine());
    while (!nc.readLine().isEmpty()) {}
  }
}
