package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import dev.sluice.testkit.RawClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections of HTTP/2 that begin while the server ends, or that are slow to read the last. */
@ExtendWith(NettyLeaks.class)
final class Http2DrainTest {
  private static final int RECEIVE_BUFFER_BYTES = 16 * 1024;
  private static final int BODY_BYTES = 1024 * 1024;
  private static final int PAUSES = 64;
  private static final long PAUSE_MILLIS = 70;

  /** Longer than a test waits for anything. */
  private static final Duration GRACE = Duration.ofMinutes(2);

  private static final Duration LINGER = Duration.ofSeconds(3);

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String UPGRADE =
      """
      GET /upgraded HTTP/1.1
      Host: test
      Connection: Upgrade, HTTP2-Settings
      Upgrade: h2c
      HTTP2-Settings:

      """
          .replace("\n", "\r\n");
  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

  @RegisterExtension final TestServer server = new TestServer();

  private Server serve(UnaryOperator<Timeouts> timeouts, Handler handler) throws IOException {
    ServerOptions options = TestServer.options().withLoops(1);
    Timeouts usual = options.timeouts().withDrain(GRACE).withIdle(GRACE);
    return server.start(options.withTimeouts(timeouts.apply(usual)), handler);
  }

  private Http2Frames connect(int receiveBufferBytes) throws IOException {
    return server.closeAfter(
        Http2Frames.connect(SocketFactory.getDefault(), server.address(), receiveBufferBytes));
  }

  private static CompletableFuture<Void> shutDown(Server running) {
    return CompletableFuture.runAsync(running::close);
  }

  /** Waits until the only loop has read all that was sent before. */
  private void awaitRead() throws IOException {
    try (RawClient other = server.connect()) {
      other.send("GET /other HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").readToEnd();
    }
  }

  @Test
  void who_has_begun_its_preface_is_said_goodbye() throws Exception {
    Server running = serve(UnaryOperator.identity(), (request, response) -> {});
    Http2Frames frames = connect(0);
    frames.write(Arrays.copyOf(PREFACE, 10));
    awaitRead();
    CompletableFuture<Void> closed = shutDown(running);
    Await.until("it drains", () -> running.draining().isSet());
    frames.write(Arrays.copyOfRange(PREFACE, 10, PREFACE.length));
    frames.write(Http2Frame.settings(), Http2Frame.headers(1, END_STREAM, HeaderBlock.get("/")));
    assertEquals(Http2Frame.SETTINGS, frames.read().type());
    assertEquals(Http2Frame.NO_ERROR, frames.readUntil(Http2Frame.GOAWAY).error());
    for (Http2Frame frame = frames.read(); frame != null; frame = frames.read()) {
      assertTrue(frame.type() != Http2Frame.RST_STREAM, frame::toString);
    }
    frames.close();
    closed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void who_has_begun_to_ask_for_an_upgrade_is_answered() throws Exception {
    Server running =
        serve(UnaryOperator.identity(), (request, response) -> response.write(request.path()));
    Http2Frames frames = connect(0);
    byte[] upgrade = UPGRADE.getBytes(StandardCharsets.US_ASCII);
    frames.write(Arrays.copyOf(upgrade, 30));
    awaitRead();
    CompletableFuture<Void> closed = shutDown(running);
    Await.until("it drains", () -> running.draining().isSet());
    frames.write(Arrays.copyOfRange(upgrade, 30, upgrade.length));
    InputStream in = frames.socket().getInputStream();
    String switched = new String(in.readNBytes(SWITCHED.length()), StandardCharsets.US_ASCII);
    assertEquals(SWITCHED, switched);
    frames.begin();
    var transcript = new Http2Transcript(frames);
    String answer = transcript.ofStream(1);
    assertTrue(answer.endsWith("DATA /upgraded END_STREAM\n"), answer);
    String rest = transcript.ofStream(3);
    assertTrue((answer + rest).contains("GOAWAY 0\n"), rest);
    assertTrue(rest.endsWith("the end of the connection\n"), rest);
    frames.close();
    closed.get(60, TimeUnit.SECONDS);
  }

  /** It opens its windows as it reads; what comes to a closed socket would reset all that. */
  @Tag("external")
  @Test
  void who_still_reads_is_waited_for() throws Exception {
    var begun = new Gate();
    Server running =
        serve(
            timeouts -> timeouts.withEnding(LINGER, LINGER),
            (request, response) -> {
              begun.open();
              response.write(new byte[BODY_BYTES]);
            });
    Http2Frames frames = connect(RECEIVE_BUFFER_BYTES);
    frames.begin(Http2Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
    frames.write(
        Http2Frame.windowUpdate(0, BODY_BYTES),
        Http2Frame.headers(1, END_STREAM, HeaderBlock.get("/")));
    begun.pass();
    assertReads(frames, shutDown(running), PAUSES);
  }

  private static void assertReads(Http2Frames frames, CompletableFuture<Void> closed, int pauses)
      throws Exception {
    int received = 0;
    int paused = 0;
    for (Http2Frame frame = frames.read(); frame != null; frame = frames.read()) {
      if (frame.type() == Http2Frame.DATA) {
        received += frame.payload().length;
        if (received > paused * (BODY_BYTES / pauses)) {
          paused++;
          Thread.sleep(PAUSE_MILLIS); // it is slow: that is the case, and not a wait for something
          frames.write(Http2Frame.windowUpdate(0, 1000));
        }
      }
    }
    assertEquals(BODY_BYTES, received);
    frames.close();
    closed.get(60, TimeUnit.SECONDS);
  }
}
