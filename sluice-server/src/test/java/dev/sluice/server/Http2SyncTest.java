package dev.sluice.server;

import static dev.sluice.server.Http2Frame.END_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code sync()} and the end of a response wait for: their own bytes, and no window. */
@ExtendWith(NettyLeaks.class)
final class Http2SyncTest {
  @RegisterExtension final TestServer server = new TestServer();

  private static int write(H2Outlet stream, String text) throws IOException {
    return stream.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  /** The first stream is being written; the other has used up its window, and waits behind. */
  @Test
  void who_has_used_up_its_window_is_told_when_its_bytes_are_written() throws Exception {
    var syncing = new CompletableFuture<Thread>();
    var synced = new Gate();
    Server running =
        server.start((request, response) -> {
          response.write("hello");
          response.flush();
          if (request.path().equals("/sync")) {
            syncing.complete(Thread.currentThread());
            response.sync();
            synced.open();
          }
        });
    HeldConnection held = server.closeAfter(HeldConnection.to(running));
    Http2Frames frames = held.client().begin(Http2Frame.INITIAL_WINDOW_SIZE, "hello".length());
    frames.write(Http2Frame.ping(1));
    frames.readUntil(Http2Frame.PING);
    held.outlet().hold();
    frames.write(Http2Frame.headers(1, END_STREAM, HeaderBlock.get("/")));
    held.outlet().awaitHeld();
    frames.write(Http2Frame.headers(3, END_STREAM, HeaderBlock.get("/sync")));
    Stall.await(syncing.get(60, TimeUnit.SECONDS));
    held.awaitLoop();
    held.outlet().letAllGo();
    synced.pass();
  }

  /** A stream of a connection that its test drives itself. */
  private static H2Outlet stream(int id, H2Connection connection) {
    var stream = new H2Outlet(id, connection);
    stream.stageHead(200, new Headers(), false);
    return stream;
  }

  private H2Connection drive(HeldConnection held) throws Exception {
    return new H2Connection(held.connection());
  }

  private HeldConnection mute() throws Exception {
    return server.closeAfter(HeldConnection.mute(server.start((request, response) -> {})));
  }

  /** Or else a connection on which others flush all the time would never be in sync. */
  @Test
  void who_syncs_waits_for_no_bytes_of_others() throws Exception {
    HeldConnection held = mute();
    H2Connection connection = drive(held);
    H2Outlet first = stream(1, connection);
    H2Outlet second = stream(3, connection);
    H2Outlet third = stream(5, connection);
    held.outlet().hold();
    CompletableFuture<Integer> writing = CompletableFuture.supplyAsync(() -> uncheckedWrite(first));
    held.outlet().awaitHeld();
    assertEquals(6, write(second, "second"));
    assertFalse(first.drained());
    assertFalse(second.drained());
    held.outlet().letGo();
    held.outlet().awaitHeld();
    assertTrue(first.drained());
    assertFalse(second.drained());
    assertEquals(5, write(third, "third"));
    held.outlet().letGo();
    held.outlet().awaitHeld();
    assertTrue(second.drained());
    assertFalse(third.drained());
    held.outlet().letAllGo();
    assertEquals(5, writing.get(60, TimeUnit.SECONDS));
    assertTrue(third.drained());
  }

  private static int uncheckedWrite(H2Outlet stream) {
    try {
      return write(stream, "first");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The link is slow then; a window would not help. */
  @Test
  void who_waits_for_the_connection_alone_is_alive_while_that_moves() throws Exception {
    HeldConnection held = mute();
    H2Connection connection = drive(held);
    H2Outlet stream = stream(1, connection);
    connection.output().lock();
    stream.window("hello".length());
    connection.output().unlock();
    held.outlet().allow(5);
    assertEquals(5, write(stream, "hello"));
    assertEquals(0, stream.window());
    assertFalse(stream.drained());
    for (int i = 0; i < 4; i++) {
      var _ = stream.moved();
      held.onLoop(connection.output()::retry);
      assertFalse(stream.moved(), "nothing was taken");
      held.outlet().allow(1);
      held.onLoop(connection.output()::retry);
      assertTrue(stream.moved(), "a byte was taken");
    }
    assertEquals(0, write(stream, "more"), "it waits for its window now");
    var _ = stream.moved();
    held.outlet().allow(1);
    held.onLoop(connection.output()::retry);
    assertFalse(stream.moved(), "that others move does not help it");
  }
}
