package dev.sluice.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of a response go: a socket, TLS above it, or a stream of HTTP/2.
 *
 * <p>A write takes what it can and never waits: what it has taken is on its way, and needs nothing
 * more of the caller. One that takes nothing, or not all, is followed by {@link #whenWritable}.
 *
 * <p>Thread safety: one thread at a time writes, that which owns the write side; any thread may
 * close.
 */
interface Outlet extends GatheringByteChannel {
  @Override
  default int write(ByteBuffer bytes) throws IOException {
    return (int) write(new ByteBuffer[] {bytes}, 0, 1);
  }

  @Override
  default long write(ByteBuffer[] parts) throws IOException {
    return write(parts, 0, parts.length);
  }

  /**
   * Runs an action once, on the loop, when it takes bytes; never if it is closed before. A later
   * action takes the place of one that still waits.
   *
   * <p>Thread: the loop's.
   */
  void whenWritable(Runnable action);

  /** The socket, for the kernel to transfer a file to; null if something is between. */
  default @Nullable WritableByteChannel fileTarget() {
    return null;
  }

  /**
   * Whether some of what was taken before has gone to the operating system since this was asked
   * last: a client that takes that is alive, though nothing more can be taken yet. The writer's
   * thread.
   */
  default boolean moved() {
    return false;
  }

  /** Whether all that was taken has been given to the operating system. Any thread. */
  boolean drained();

  /**
   * Tells the client that nothing more comes, behind all that was taken; what it sends is still
   * read. Any thread.
   *
   * @throws IOException if the connection is closed
   */
  void shutdownOutput() throws IOException;
}
