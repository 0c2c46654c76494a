package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.CloseReason;
import dev.sluice.Handler;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that is alive and slow. The kernel says that a socket takes bytes when a third of its
 * buffer is free, which is a megabyte maybe; until then only those see that the client reads who
 * try.
 */
@ExtendWith(NettyLeaks.class)
final class Http2SlowReaderTest {
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(30);
  private static final long STEP_NANOS = Duration.ofSeconds(20).toNanos();

  @RegisterExtension final TestServer server = new TestServer();

  private HeldConnection held;
  private HeldOutlet outlet;
  private Http2Frames frames;
  private long now = System.nanoTime();

  /** Connects, and asks; the socket takes a few bytes of the answer. */
  private void ask(boolean secure, Handler handler) throws Exception {
    ServerOptions options = TestServer.options();
    Timeouts timeouts = options.timeouts().withWrite(WRITE_TIMEOUT);
    held =
        server.closeAfter(HeldConnection.to(server.start(options.withTimeouts(timeouts), handler)));
    outlet = held.outlet();
    frames = held.client().begin();
    frames.write(Http2Frame.ping(1));
    frames.readUntil(Http2Frame.PING);
    if (secure) {
      outlet.keepRest();
    }
    outlet.allow(3);
    frames.write(Http2Frame.headers(1, END_STREAM, HeaderBlock.get("/")));
    Await.until("the socket is full", outlet::isAsked);
  }

  /** Time passes, longer than a write may wait, and the client takes a byte now and then. */
  private void readSlowly() throws Exception {
    for (int i = 0; i < 8; i++) {
      now += STEP_NANOS;
      outlet.allow(1);
      held.sweep(now);
    }
  }

  /** Time passes, and it takes nothing. */
  private void readNothing() throws Exception {
    for (int i = 0; i < 4; i++) {
      now += STEP_NANOS;
      held.sweep(now);
    }
  }

  private void readFast() {
    outlet.allow(Long.MAX_VALUE);
    outlet.tellWritable();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void it_gets_everything_however_long_that_takes(boolean secure) throws Exception {
    ask(secure, (request, response) -> response.write("hello"));
    readSlowly();
    readFast();
    assertEquals("hello", text(frames.readUntil(Http2Frame.DATA)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void it_is_cut_when_it_takes_nothing_any_more(boolean secure) throws Exception {
    var reason = new CompletableFuture<CloseReason>();
    ask(
        secure,
        (request, response) -> {
          try {
            response.write("hello");
            response.sync();
          } catch (StreamClosedException e) {
            reason.complete(e.reason());
          }
        });
    readSlowly();
    assertFalse(reason.isDone());
    readNothing();
    assertNotNull(reason.get(60, TimeUnit.SECONDS));
    assertTrue(held.channel().closeFuture().await(60, TimeUnit.SECONDS));
  }

  /** The last stream has ended, and the connection is about to. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void so_is_it_at_the_end_of_its_connection(boolean secure) throws Exception {
    ask(secure, (request, response) -> response.write("hello"));
    server.awaitHandlers();
    held.awaitLoop();
    held.connection().drain();
    held.awaitLoop();
    readSlowly();
    readFast();
    assertEquals("hello", text(frames.readUntil(Http2Frame.DATA)));
    assertEquals(1, lastTaken());
    assertNull(frames.read());
  }

  /** What the last GOAWAY says. */
  private int lastTaken() throws IOException {
    int last = frames.readUntil(Http2Frame.GOAWAY).int32At(0);
    return last == 1 ? last : frames.readUntil(Http2Frame.GOAWAY).int32At(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void it_is_cut_there_when_it_takes_nothing_any_more(boolean secure) throws Exception {
    ask(secure, (request, response) -> response.write("hello"));
    server.awaitHandlers();
    held.awaitLoop();
    held.connection().drain();
    held.awaitLoop();
    readSlowly();
    readNothing();
    assertTrue(held.channel().closeFuture().await(60, TimeUnit.SECONDS));
  }

  private static String text(Http2Frame frame) {
    return new String(frame.payload(), StandardCharsets.US_ASCII);
  }

  /** Over real sockets, where the kernel has the say; beside HTTP/1. */
  @Tag("external")
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "HTTP_2", "HTTP_2_TLS"})
  void it_gets_everything_from_a_socket_with_a_large_buffer(Transport transport) throws Exception {
    ServerOptions options = TestServer.options();
    Timeouts timeouts = options.timeouts().withWrite(Duration.ofSeconds(2));
    int bytes = 16 << 20;
    server.start(
        transport.configure(options.withTimeouts(timeouts)),
        (request, response) -> response.write(new byte[bytes]));
    Socket socket = transport.http2() ? askHttp2(transport) : askHttp1();
    InputStream in = socket.getInputStream();
    long received = 0;
    for (int i = 0; i < 200; i++) {
      received += in.readNBytes(10_000).length;
      Thread.sleep(30); // the link is slow: that is the case, and not a wait for something
    }
    for (byte[] some = new byte[1 << 16]; received < bytes; ) {
      int count = in.read(some);
      if (count < 0) {
        break;
      }
      received += count;
    }
    assertTrue(received >= bytes, "bytes received: " + received);
  }

  private Socket askHttp2(Transport transport) throws IOException {
    SocketFactory sockets =
        transport == Transport.HTTP_2_TLS ? TestTls.sockets("h2") : SocketFactory.getDefault();
    Http2Frames wide = server.closeAfter(Http2Frames.connect(sockets, server.address(), 0));
    wide.begin(Http2Frame.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
    wide.write(
        Http2Frame.windowUpdate(0, Integer.MAX_VALUE - Http2Frame.WINDOW_BYTES),
        Http2Frame.headers(1, END_STREAM, HeaderBlock.get("/")));
    return wide.socket();
  }

  private Socket askHttp1() throws IOException {
    Socket socket = server.closeAfter(new Socket());
    socket.connect(server.address());
    socket.getOutputStream().write(WireTest.GET.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
