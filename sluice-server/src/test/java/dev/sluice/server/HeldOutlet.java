package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the output of a connection and its socket in a test, which can hold a write
 * before it has taken anything, say how many bytes the socket takes, and when it says that it takes
 * more.
 *
 * <p>It is strict: two writes at the same time fail.
 *
 * <p>Thread safety: all methods.
 */
final class HeldOutlet implements Outlet {
  private static final int MANY = 1 << 20;

  private final DirectChannel channel;
  private final Outlet socket;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final Semaphore passes = new Semaphore(MANY);
  private volatile @Nullable Throwable failure;

  // Under the lock.
  private long room = Long.MAX_VALUE;
  private boolean keeps;
  private boolean moved;
  private ByteBuffer kept = ByteBuffer.allocate(0);
  private @Nullable Runnable onWritable;

  private HeldOutlet(DirectChannel channel) {
    this.channel = channel;
    this.socket = channel.outlet();
  }

  /** Puts one above the socket of a connection that has not sent anything yet. */
  static HeldOutlet above(DirectChannel channel) {
    var held = new HeldOutlet(channel);
    channel.outlet(held);
    return held;
  }

  // What a test says.

  /** Holds the writes that begin from now on. */
  void hold() {
    passes.drainPermits();
  }

  /** Waits until one is held. */
  void awaitHeld() throws InterruptedException {
    Await.until("a write is held", passes::hasQueuedThreads);
  }

  /** Lets the one go on that is held, and waits until it is over. */
  void letGo() throws InterruptedException {
    awaitHeld();
    int before = done.get();
    passes.release();
    Await.until("a write is over", () -> done.get() > before);
  }

  /** Lets that and all others go on. */
  void letAllGo() {
    passes.release(MANY);
  }

  /** How many writes have begun. */
  int writes() {
    return begun.get();
  }

  /** Lets writes fail from now on. */
  void fail(Throwable with) {
    failure = with;
  }

  /** The socket takes so many bytes from now on, and does not say when it takes more. */
  synchronized void allow(long bytes) {
    room = bytes;
  }

  /** Takes all that it is given, and keeps what the socket does not take, as TLS does. */
  synchronized void keepRest() {
    keeps = true;
  }

  /** Tells who has asked that the socket takes bytes, on the loop; whoever it is. */
  void tellWritable() {
    Runnable asked;
    synchronized (this) {
      asked = Objects.requireNonNull(onWritable, "nobody has asked");
      onWritable = null;
    }
    channel.eventLoop().submit(asked).syncUninterruptibly();
  }

  /** Whether somebody has asked to be told. */
  synchronized boolean isAsked() {
    return onWritable != null;
  }

  // What an output asks.

  @Override
  public long write(ByteBuffer[] parts, int offset, int count) throws IOException {
    assertEquals(begun.getAndIncrement(), done.get(), "writes at the same time");
    try {
      passes.acquireUninterruptibly();
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      } else if (failure instanceof Error error) {
        throw error;
      }
      long taken = 0;
      for (int i = offset; i < offset + count; i++) {
        taken += take(parts[i]);
      }
      return taken;
    } finally {
      done.incrementAndGet();
    }
  }

  private synchronized long take(ByteBuffer part) throws IOException {
    if (!keeps) {
      return give(part);
    }
    moved |= give(kept) > 0;
    if (kept.hasRemaining()) {
      return 0;
    }
    int size = part.remaining();
    give(part);
    kept = ByteBuffer.allocate(part.remaining()).put(part).flip();
    return size;
  }

  /** Gives the socket as much as it may take; what the tests send always fits into its buffer. */
  private long give(ByteBuffer bytes) throws IOException {
    int limit = bytes.limit();
    int size = (int) Math.min(bytes.remaining(), room);
    bytes.limit(bytes.position() + size);
    while (bytes.hasRemaining()) {
      var _ = socket.write(bytes);
    }
    bytes.limit(limit);
    room -= size;
    return size;
  }

  @Override
  public synchronized void whenWritable(Runnable action) {
    onWritable = action;
  }

  @Override
  public synchronized boolean moved() {
    boolean has = moved;
    moved = false;
    return has;
  }

  @Override
  public synchronized boolean drained() {
    return !kept.hasRemaining();
  }

  @Override
  public void shutdownOutput() throws IOException {
    assertEquals(begun.get(), done.get(), "the end is said within a write");
    socket.shutdownOutput();
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
