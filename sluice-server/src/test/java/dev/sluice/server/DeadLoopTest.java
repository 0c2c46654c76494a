package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.testkit.RawClient;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An error that comes out of an event loop ends the server, and not the loop. */
final class DeadLoopTest extends WireTest {
  /** What Netty leaves to the loop: nothing is between this and it. */
  private record Failing(Pipe pipe, Error failure) implements NioIoHandle {
    static void in(Executor loops, Error failure) throws Exception {
      Pipe pipe = Pipe.open();
      pipe.source().configureBlocking(false);
      IoEventLoop loop = (IoEventLoop) ((EventLoopGroup) loops).next();
      loop.register(new Failing(pipe, failure)).get().submit(NioIoOps.READ);
      var _ = pipe.sink().write(ByteBuffer.allocate(1));
      pipe.sink().close();
    }

    @Override
    public SelectableChannel selectableChannel() {
      return pipe.source();
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      registration.cancel();
      close();
      throw failure;
    }

    @Override
    public void close() {
      try {
        pipe.source().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void an_error_in_a_loop_ends_the_server_and_cuts_what_is_open() throws Exception {
    var handler = new WaitingHandler();
    Server running = serve(handler);
    RawClient client = send(GET);
    handler.awaitWaiting();
    assertNull(running.failure());
    var failure = new OutOfMemoryError("as expected");
    Failing.in(running.loops(), failure);
    handler.expectInterrupt();
    client.expectEnd();
    client.close();
    CompletableFuture.runAsync(() -> awaitShutdown(running)).get(60, TimeUnit.SECONDS);
    assertSame(failure, running.failure());
    assertThrows(ConnectException.class, this::connect);
    running.close();
    assertEquals(0, running.openConnections());
    server.expectLogged("an event loop has failed");
    access.awaitLine();
  }

  /** Nobody can close its connections but a loop, and all loops must be there for that. */
  @Test
  void loops_that_fail_one_after_the_other_end_the_server_once() throws Exception {
    var handler = new WaitingHandler();
    Server running = serve(handler);
    RawClient client = send(GET);
    handler.awaitWaiting();
    for (int i = 0; i < 2 * TestServer.options().loops(); i++) {
      Failing.in(running.loops(), new OutOfMemoryError("as expected"));
    }
    handler.expectInterrupt();
    client.expectEnd();
    client.close();
    CompletableFuture.runAsync(() -> awaitShutdown(running)).get(60, TimeUnit.SECONDS);
    server.expectLogged("an event loop has failed");
    access.awaitLine();
  }

  private static void awaitShutdown(Server running) {
    try {
      running.awaitShutdown();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
