package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The end of connections of HTTP/2 over TLS, record by record. */
final class Http2TlsEndTest extends TlsWireTest {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final RawClient.Options SLOW =
      RawClient.Options.DEFAULTS.withReceiveBufferBytes(16 * 1024);

  private static final long STANDSTILL_MILLIS = 200;

  /** Longer than a test waits for anything. */
  private static final Duration GRACE = Duration.ofMinutes(2);

  private static String text(Http2Frame... frames) {
    var text = new StringBuilder();
    for (Http2Frame frame : frames) {
      text.append(new String(frame.bytes(), ISO_8859_1));
    }
    return text.toString();
  }

  /** The requests whose handlers have been started are the last, says the server. */
  private static String goAway(int lastStream) {
    return text(Http2Frame.goAway(lastStream, Http2Frame.NO_ERROR));
  }

  private static void receiveUntil(TlsClient client, String part) throws IOException {
    var received = new StringBuilder();
    while (received.indexOf(part) < 0) {
      received.append(client.receiveBytes());
    }
  }

  /**
   * What the socket has not taken of a record is all that is left when the last stream ends: the
   * end is said behind it.
   */
  @Test
  void the_end_is_said_behind_the_rest_of_a_record() throws Exception {
    var begun = new Gate();
    var floods = new Gate();
    var flushed = new AtomicInteger();
    Server running =
        serveTls(
            options -> options.withTimeouts(options.timeouts().withDrain(GRACE)),
            (request, response) -> {
              begun.open();
              floods.pass();
              while (true) {
                response.write(new byte[1000]);
                response.flush();
                response.sync(); // so nothing waits but what TLS holds
                flushed.incrementAndGet();
              }
            });
    TlsClient client = client(SLOW, "TLSv1.3", "h2").shakeHands();
    client.send(
        PREFACE
            + text(
                Http2Frame.settings(Http2Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE),
                Http2Frame.windowUpdate(0, Integer.MAX_VALUE - Http2Frame.WINDOW_BYTES),
                Http2Frame.headers(1, END_STREAM, HeaderBlock.request("GET", "https", "/"))));
    begun.pass();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(running::close);
    receiveUntil(client, goAway(1)); // the last that it has to say
    floods.open();
    for (int last = -1; last != flushed.get(); Thread.sleep(STANDSTILL_MILLIS)) {
      last = flushed.get(); // until the socket takes nothing more
    }
    client.send(text(Http2Frame.reset(1, Http2Frame.CANCEL)));
    server.awaitHandlers();
    while (client.receiveBytes() != null) {
      // To the end, by close_notify.
    }
    client.close();
    closed.get(60, TimeUnit.SECONDS);
    access.awaitLine();
  }
}
