package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Handler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The rule H1: how a connection of HTTP/2 ends when the server does. */
@ExtendWith(NettyLeaks.class)
final class Http2ShutdownTest {
  private static final HeaderBlock GET = HeaderBlock.get("/");

  @RegisterExtension final TestServer server = new TestServer();

  private Server serve(Duration grace, Handler handler) throws IOException {
    ServerOptions options = TestServer.options();
    return server.start(options.withTimeouts(options.timeouts().withDrain(grace)), handler);
  }

  private Http2Frames connect() throws IOException {
    Http2Frames frames =
        server.closeAfter(Http2Frames.connect(SocketFactory.getDefault(), server.address(), 0));
    frames.begin();
    frames.readUntil(Http2Frame.SETTINGS);
    return frames;
  }

  private static CompletableFuture<Void> shutDown(Server running) {
    return CompletableFuture.runAsync(running::close);
  }

  /** In two steps (RFC 9113 section 6.8): begin no more; these have been begun. */
  private static void assertSaysGoodbye(int lastStream, Http2Frames frames) throws IOException {
    for (int last : new int[] {Integer.MAX_VALUE, lastStream}) {
      Http2Frame goAway = frames.readUntil(Http2Frame.GOAWAY);
      assertEquals(Http2Frame.NO_ERROR, goAway.error(), goAway.toString());
      assertEquals(last, goAway.int32At(0), goAway.toString());
    }
  }

  @Test
  void an_idle_connection_is_said_goodbye_and_closed() throws Exception {
    Server running = serve(Duration.ofMinutes(1), (request, response) -> {});
    Http2Frames frames = connect();
    CompletableFuture<Void> closed = shutDown(running);
    assertSaysGoodbye(0, frames);
    assertNull(frames.read());
    frames.close();
    closed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void streams_that_are_open_go_on_and_new_ones_are_not_begun() throws Exception {
    var gate = new Gate();
    Server running =
        serve(
            Duration.ofMinutes(1),
            (request, response) -> {
              response.write(request.path());
              response.flush();
              gate.pass();
              response.write(" to the end");
            });
    Http2Frames frames = connect();
    frames.write(Http2Frame.headers(1, END_STREAM, GET));
    assertEquals("/", text(frames.readUntil(Http2Frame.DATA)));
    CompletableFuture<Void> closed = shutDown(running);
    assertSaysGoodbye(1, frames);
    frames.write(Http2Frame.headers(3, END_STREAM, HeaderBlock.get("/late")), Http2Frame.ping(7));
    assertEquals(7, frames.readUntil(Http2Frame.PING).int32At(4));
    gate.open();
    assertEquals(" to the end", text(frames.readUntil(Http2Frame.DATA)));
    assertNull(afterData(frames));
    frames.close();
    closed.get(60, TimeUnit.SECONDS);
  }

  /** Half a second later it takes no more; a test that knows the time need not be in time. */
  @Test
  void a_request_that_is_on_its_way_when_it_begins_is_served() throws Exception {
    var gate = new Gate();
    Server running = serve(Duration.ofMinutes(1), (request, response) -> gate.pass());
    HeldConnection held = server.closeAfter(HeldConnection.to(running));
    Http2Frames frames = held.client().begin();
    frames.write(Http2Frame.headers(1, END_STREAM, GET), Http2Frame.ping(1));
    frames.readUntil(Http2Frame.PING);
    held.connection().drain();
    assertEquals(Integer.MAX_VALUE, frames.readUntil(Http2Frame.GOAWAY).int32At(0));
    frames.write(Http2Frame.headers(3, END_STREAM, GET), Http2Frame.ping(2));
    frames.readUntil(Http2Frame.PING);
    held.sweep(System.nanoTime() + Duration.ofSeconds(1).toNanos());
    assertEquals(3, frames.readUntil(Http2Frame.GOAWAY).int32At(0));
    gate.open();
    frames.readUntil(Http2Frame.HEADERS);
    frames.readUntil(Http2Frame.HEADERS);
  }

  /** The next frame that is not the empty end of the body. */
  private static Http2Frame afterData(Http2Frames frames) throws IOException {
    Http2Frame frame = frames.read();
    while (frame != null && frame.type() == Http2Frame.DATA) {
      frame = frames.read();
    }
    return frame;
  }

  private static String text(Http2Frame frame) {
    return new String(frame.payload(), StandardCharsets.US_ASCII);
  }

  @Test
  void what_is_left_after_the_grace_is_reset() throws Exception {
    var waiting =
        new WaitingHandler((request, response) -> {
          response.write("part");
          response.flush();
        });
    Server running = serve(Duration.ofMillis(100), waiting);
    Http2Frames frames = connect();
    frames.write(Http2Frame.headers(1, END_STREAM, GET));
    waiting.awaitWaiting();
    CompletableFuture<Void> closed = shutDown(running);
    assertSaysGoodbye(1, frames);
    assertEquals(Http2Frame.INTERNAL_ERROR, frames.readUntil(Http2Frame.RST_STREAM).error());
    assertNull(frames.read());
    waiting.expectInterrupt();
    frames.close();
    closed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void a_body_that_is_being_sent_goes_on_within_the_grace() throws Exception {
    var begun = new Gate();
    Server running =
        serve(
            Duration.ofMinutes(1),
            (request, response) -> {
              assertEquals('a', request.body().read());
              begun.open();
              response.write(request.body().readAllBytes());
            });
    Http2Frames frames = connect();
    frames.write(
        Http2Frame.headers(1, 0, HeaderBlock.request("POST", "http", "/")),
        Http2Frame.data(1, 0, (byte) 'a'));
    begun.pass();
    CompletableFuture<Void> closed = shutDown(running);
    assertSaysGoodbye(1, frames);
    frames.write(Http2Frame.data(1, END_STREAM, (byte) 'b', (byte) 'c'));
    assertEquals("bc", text(frames.readUntil(Http2Frame.DATA)));
    frames.close();
    closed.get(60, TimeUnit.SECONDS);
  }

  @Test
  void a_handler_may_ask_whether_the_server_is_ending() throws Exception {
    var begun = new Gate();
    Server running =
        serve(
            Duration.ofMinutes(1),
            (request, response) -> {
              begun.open();
              assertTrue(request.draining().await(Duration.ofSeconds(60)));
              response.write("bye");
            });
    Http2Frames frames = connect();
    frames.write(Http2Frame.headers(1, END_STREAM, GET));
    begun.pass();
    CompletableFuture<Void> closed = shutDown(running);
    assertEquals("bye", text(frames.readUntil(Http2Frame.DATA)));
    frames.close();
    closed.get(60, TimeUnit.SECONDS);
  }
}
