package dev.sluice.server;

import dev.sluice.CloseReason;
import dev.sluice.Connection;
import dev.sluice.Encoding;
import dev.sluice.Feature;
import dev.sluice.Headers;
import dev.sluice.StreamClosedException;
import dev.sluice.UnsupportedFeatureException;
import dev.sluice.journal.Journal;
import dev.sluice.journal.Offset;
import dev.sluice.spi.Cancellation;
import dev.sluice.spi.FollowEnd;
import dev.sluice.spi.Head;
import dev.sluice.spi.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One response on a stream of HTTP/2: frames are made and written on the caller's thread.
 *
 * <p>Thread safety: as {@link Wire} says; besides, {@link #sendContinue} comes from the thread that
 * reads the request body, and takes turns with the others by a lock.
 */
final class H2Wire implements Wire {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final H2Stream stream;
  private final H2Outlet outlet;
  private final SocketWriter writer;
  private final BufferPool pool;
  private final ServerOptions options;
  private final FairYield fairYield;
  private final ByteBuffer[] parts = new ByteBuffer[2];

  /** Held while something is sent, if the client waits for a 100; null if not. */
  private final @Nullable ReentrantLock continueLock;

  private boolean headSent;
  private volatile boolean over;

  H2Wire(H2Stream stream, SocketWriter writer, Server server, boolean expectsContinue) {
    this.stream = stream;
    this.outlet = stream.outlet();
    this.writer = writer;
    this.pool = server.bufferPool();
    this.options = server.options();
    this.continueLock = expectsContinue ? new ReentrantLock() : null;
    this.fairYield = new FairYield(server.loops(), () -> server.handlersWaiting() > 0);
  }

  @Override
  public boolean supports(Feature feature) {
    return feature != Feature.HIJACK;
  }

  @Override
  public ByteBuffer takeBuffer() {
    return pool.take();
  }

  @Override
  public void giveBuffer(ByteBuffer buffer) {
    pool.give(buffer);
  }

  @Override
  public void inform(int status, Headers headers) throws IOException {
    lock();
    try {
      outlet.stageHead(status, headers, false);
      writeStaged();
    } finally {
      unlock();
    }
  }

  /** Asks the client for the body it holds back, unless an answer is on its way already. */
  void sendContinue() throws IOException {
    lock();
    try {
      if (!headSent && !over) {
        inform(100, new Headers());
      }
    } finally {
      unlock();
    }
  }

  private void lock() {
    if (continueLock != null) {
      continueLock.lock();
    }
  }

  private void unlock() {
    if (continueLock != null) {
      continueLock.unlock();
    }
  }

  @Override
  public void send(
      @Nullable Head head,
      @Nullable ByteBuffer buffer,
      @Nullable ByteBuffer more,
      @Nullable Headers trailers)
      throws IOException {
    lock();
    try {
      if (head != null) {
        stageHead(head, trailers != null);
      }
      if (trailers != null) {
        outlet.stageEnd(trailers);
      }
      int count = 0;
      if (buffer != null) {
        parts[count++] = buffer.limit(buffer.position()).position(BufferPool.HEADROOM);
      }
      if (more != null) {
        parts[count++] = more;
      }
      if (count > 0) {
        writer.write(parts, count);
      }
      if (head != null || trailers != null) {
        writeStaged();
      }
    } finally {
      parts[0] = NOTHING;
      parts[1] = NOTHING;
      if (buffer != null) {
        pool.give(buffer);
      }
      unlock();
    }
  }

  private void stageHead(Head head, boolean last) {
    headSent = true;
    Headers headers = head.headers();
    if (head.status() == 101) {
      throw new IllegalStateException("status 101 is of HTTP/1; RFC 9113 section 8.6");
    }
    headers.setIfAbsent("Date", HttpDate.now());
    if (options.serverHeader()) {
      headers.setIfAbsent("Server", "sluice");
    }
    outlet.stageHead(head.status(), headers, last && head.bodiless());
  }

  private void writeStaged() throws IOException {
    if (outlet.staged()) {
      writer.write(parts, 0);
      writer.finish(() -> !outlet.staged());
    }
  }

  @Override
  public void stepped() {
    fairYield.stepped();
  }

  @Override
  public void sync() throws IOException {
    writer.finish(outlet::drained);
  }

  @Override
  public void progressDeadline(Duration timeout) {
    writer.progressDeadline(timeout);
  }

  @Override
  public void follow(
      Journal journal, Offset from, Encoding encoding, Cancellation cancellation, FollowEnd end) {
    over = true;
    stream.follow(
        new Follow(journal, from.position(), encoding, new BodyFraming.None(), true, true, end));
  }

  @Override
  public Connection hijack() {
    throw new UnsupportedFeatureException(Feature.HIJACK, "an HTTP/2 connection has many streams");
  }

  /** Posts to the loop before it lets another caller go on to say that the exchange has ended. */
  @Override
  public synchronized void abort(CloseReason reason) {
    if (!over) {
      over = true;
      writer.close(new StreamClosedException(reason, "the stream was cut: " + reason, null));
      stream.abort(reason);
    }
  }
}
