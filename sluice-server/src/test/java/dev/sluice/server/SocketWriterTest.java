package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.CloseReason;
import dev.sluice.StreamClosedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A write that waits for a client, and what ends the wait. */
final class SocketWriterTest {
  /** Takes nothing, and never says that it does. */
  private static final class FullOutlet implements Outlet {
    @Override
    public long write(ByteBuffer[] parts, int offset, int count) {
      return 0;
    }

    @Override
    public void whenWritable(Runnable action) {}

    @Override
    public boolean drained() {
      return false;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Is closed, and then interrupted, just when it looks whether it was. */
  private static final class Handler extends Thread {
    private final SocketWriter writer;

    Handler(SocketWriter writer, Runnable task) {
      super(task);
      this.writer = writer;
    }

    @Override
    public boolean isInterrupted() {
      writer.close(new StreamClosedException(CloseReason.CLIENT_GONE, "the client has gone", null));
      interrupt();
      return super.isInterrupted();
    }
  }

  @Test
  void who_is_interrupted_because_the_client_has_gone_is_told_so() throws Exception {
    var thrown = new CompletableFuture<IOException>();
    var writer = new SocketWriter(new FullOutlet(), Runnable::run, Duration.ofDays(1));
    new Handler(
            writer,
            () -> {
              try {
                writer.write(new ByteBuffer[] {ByteBuffer.allocate(1)}, 1);
              } catch (IOException e) {
                thrown.complete(e);
              }
            })
        .start();
    var closed = assertInstanceOf(StreamClosedException.class, thrown.get(60, TimeUnit.SECONDS));
    assertEquals(CloseReason.CLIENT_GONE, closed.reason());
  }
}
