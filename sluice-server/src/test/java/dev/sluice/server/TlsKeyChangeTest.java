package dev.sluice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Response;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Clients of TLS 1.3 that change their keys (RFC 8446 section 4.6.3), and ask for new ones. */
final class TlsKeyChangeTest extends TlsWireTest {
  private static final RawClient.Options SLOW =
      RawClient.Options.DEFAULTS.withReceiveBufferBytes(4 * 1024);
  private static final int CHANGES = 32;

  private static String post(int length) {
    return "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: " + length + "\r\n\r\n";
  }

  @Test
  void a_client_may_change_its_keys() throws Exception {
    serveTls((request, response) -> request.body().transferTo(response.outputStream()));
    TlsClient client = client("TLSv1.3").shakeHands().send(post(10) + "01234");
    client.shakeHandsAgain();
    client.send("56789");
    assertTrue(client.receiveUntil("0123456789").startsWith("HTTP/1.1 200 OK\r\n"));
    client.send(post(10) + "abcdefghij");
    client.receiveUntil("abcdefghij");
  }

  @Test
  void keys_may_change_while_a_response_waits() throws Exception {
    var written = new Gate();
    serveTls((request, response) -> fillUp(response, written));
    TlsClient client = client(SLOW, "TLSv1.3").shakeHands().send(GET);
    client.receiveUntil("\n\r\n");
    client.shakeHandsAgain();
    client.receiveUntil("last\n\r\n");
  }

  /** Writes until what was written does not fit any more; that write has returned. */
  private static void fillUp(Response response, Gate written) throws IOException {
    for (int i = 0; i < 2000; i++) {
      response.write("x".repeat(100) + "\n");
      response.flush();
    }
    written.open();
    response.write("last\n");
    response.flush();
  }

  /** The answer to the change waits; the records behind it need none. */
  @Test
  void a_body_may_go_on_behind_a_change_while_the_response_waits() throws Exception {
    var writing = new CompletableFuture<Thread>();
    var received = new CompletableFuture<String>();
    serveTls((request, response) -> {
      Thread reader =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  received.complete(new String(request.body().readAllBytes(), US_ASCII));
                } catch (IOException e) {
                  received.completeExceptionally(e);
                }
              });
      writing.complete(Thread.currentThread());
      response.write(new byte[8 << 20]);
      reader.join();
    });
    TlsClient client = client(SLOW, "TLSv1.3").shakeHands().send(post(100));
    Stall.await(writing.get(60, TimeUnit.SECONDS));
    client.shakeHandsAgain();
    for (int i = 0; i < 100; i++) {
      client.send("x");
    }
    assertEquals("x".repeat(100), received.get(60, TimeUnit.SECONDS));
  }

  @Test
  void as_often_as_no_client_needs_it_they_may_change() throws Exception {
    serveTls((request, response) -> response.write("hello"));
    TlsClient client = client("TLSv1.3").shakeHands();
    for (int i = 0; i < CHANGES; i++) {
      client.shakeHandsAgain();
      client.receive();
    }
    client.send(GET);
    client.receiveUntil("hello");
  }

  /** Though it reads every answer, and sends bytes between them. */
  @Test
  void a_client_that_changes_them_for_ever_is_cut() throws Exception {
    serveTls((request, response) -> response.write("hello"));
    TlsClient client = client("TLSv1.3").shakeHands();
    try {
      for (int i = 0; i <= CHANGES; i++) {
        client.shakeHandsAgain();
        client.receive();
        client.send(GET);
        client.receiveUntil("hello");
      }
    } catch (IOException | AssertionError e) {
      // The end, or a reset.
    }
    assertCut(CHANGES + 1);
  }

  private void assertCut(int lines) throws InterruptedException {
    List<String> logged = access.await(lines);
    String cut = "TLS: cut: the client changes its keys over and over";
    assertTrue(logged.stream().anyMatch(line -> line.endsWith(cut)), logged::toString);
  }

  @Test
  void nor_may_one_that_reads_no_answer() throws Exception {
    var writing = new CompletableFuture<Thread>();
    serveTls((request, response) -> {
      writing.complete(Thread.currentThread());
      while (true) {
        response.write(new byte[64 * 1024]);
      }
    });
    TlsClient client = client(SLOW, "TLSv1.3").shakeHands().send(GET);
    Stall.await(writing.get(60, TimeUnit.SECONDS));
    try {
      while (true) {
        client.shakeHandsAgain();
      }
    } catch (IOException e) {
      assertCut(2);
    }
  }
}
