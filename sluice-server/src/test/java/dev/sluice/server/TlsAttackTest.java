package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients of TLS that mean harm. What they cost is counted and printed; it is bounded. */
@Tag("external")
final class TlsAttackTest extends TlsWireTest {
  private static final int CLIENTS = 500;

  /** The beginning of a hello that says it is 16 KiB long. */
  private static final String PART_OF_A_HELLO = "\26\3\1\100\0\1\0\77\374\3\3" + "r".repeat(200);

  @Test
  void slow_handshakes_take_little_and_end_in_time() throws Exception {
    Server here =
        serveTls(
            options -> options.withTimeouts(options.timeouts().withHead(Duration.ofSeconds(8))),
            (request, response) -> response.write("served"));
    expectServed();
    Await.until("no open connection", () -> here.openConnections() <= 1);
    long before = Memory.used();
    List<RawClient> slow = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      slow.add(send(PART_OF_A_HELLO));
    }
    Await.until("all are open", () -> here.openConnections() >= CLIENTS);
    expectServed();
    long each = (Memory.used() - before) / CLIENTS;
    System.out.println("a slow handshake: " + each + " bytes, the client's socket included");
    assertTrue(each < 16 * 1024, () -> "each takes " + each);
    for (RawClient one : slow) {
      one.expectEnd();
    }
    assertEquals(CLIENTS, access.await(CLIENTS + 2).stream().filter(this::isTooLate).count());
  }

  private boolean isTooLate(String line) {
    return line.endsWith(" - - TLS: the handshake failed: it did not end in time");
  }

  private void expectServed() throws IOException {
    try (TlsClient client = client("TLSv1.3").shakeHands()) {
      client.send(GET.replace("Host", "Connection: close\r\nHost")).receiveUntil("served");
    }
  }
}
