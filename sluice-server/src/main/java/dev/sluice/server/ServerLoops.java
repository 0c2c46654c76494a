package dev.sluice.server;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;

/**
 * The event loops of a server.
 *
 * <p>An error that comes out of one, mostly for want of memory, ends a loop of Netty's: its
 * connections stay open, and nobody answers on them, closes them, or hears of it. Here the loop
 * goes on, and the server, which is told, comes to its end in order.
 */
final class ServerLoops extends MultiThreadIoEventLoopGroup {
  /** After so many, one that is shutting down gives up. */
  private static final int FAILURES_AT_END = 100;

  ServerLoops(int count, Server server) {
    super(count, new DefaultThreadFactory("sluice-loop"), NioIoHandler.newFactory(), server);
  }

  /** Called by the constructor above: the server is what it was given. */
  @Override
  protected IoEventLoop newChild(Executor executor, IoHandlerFactory io, Object... arguments) {
    return new Loop(this, executor, io, (Server) arguments[0]);
  }

  private static final class Loop extends SingleThreadIoEventLoop {
    private final Server server;

    Loop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory io, Server server) {
      super(parent, executor, io);
      this.server = server;
    }

    @Override
    protected void run() {
      for (int failures = 0; ; failures += isShuttingDown() ? 1 : 0) {
        try {
          super.run();
          return;
        } catch (Throwable t) {
          if (failures == FAILURES_AT_END) {
            throw t;
          }
          server.onLoopFailed(t);
        }
      }
    }
  }
}
