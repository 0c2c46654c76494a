package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Connection;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * What other threads tell a connection's event loop, and what of the connection they may use.
 *
 * <p>Thread safety: all methods, from any thread. What is told is done later, on the loop, in the
 * order in which it was told.
 */
final class Mailbox implements ExchangeHome {
  private final Http1Connection connection;
  private final DirectChannel channel;
  private final SocketWriter writer;
  private final Server server;

  Mailbox(Http1Connection connection, DirectChannel channel, SocketWriter writer, Server server) {
    this.connection = connection;
    this.channel = channel;
    this.writer = writer;
    this.server = server;
  }

  ServerOptions options() {
    return server.options();
  }

  SocketWriter writer() {
    return writer;
  }

  Outlet outlet() {
    return channel.outlet();
  }

  BufferPool bufferPool() {
    return server.bufferPool();
  }

  /** All event loops of the server, in turn. */
  Executor loops() {
    return server.loops();
  }

  /** Whether a handler of this server is waiting for its thread to run. */
  boolean othersWait() {
    return server.handlersWaiting() > 0;
  }

  boolean draining() {
    return server.draining().isSet();
  }

  @Override
  public void closeWriter(StreamClosedException cause) {
    writer.close(cause);
  }

  @Override
  public void ended(Exchange exchange) {
    post(() -> connection.onEnded(exchange));
  }

  /**
   * A response is cut.
   *
   * @param reset whether only a TCP reset tells the client, there being no framing
   */
  void abort(CloseReason reason, boolean reset) {
    post(() -> connection.onAbort(reason, reset));
  }

  /** A response follows a journal from here on: the write side is the loop's again. */
  void follow(Follow follow) {
    post(() -> connection.onFollow(follow));
  }

  /** Who reads the request body has made room. */
  void resumeReading() {
    post(connection::onResumeReading);
  }

  /**
   * Takes the connection from HTTP while the caller waits.
   *
   * @throws IllegalStateException if the framing of a request body would be lost
   */
  Connection hijack() throws IOException {
    var hijacking = channel.eventLoop().submit(connection::onHijack).awaitUninterruptibly();
    switch (hijacking.cause()) {
      case null -> {
        return hijacking.getNow();
      }
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Throwable e -> throw new CompletionException(e);
    }
  }

  private void post(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      // The loops have ended, and with them every connection.
    }
  }
}
