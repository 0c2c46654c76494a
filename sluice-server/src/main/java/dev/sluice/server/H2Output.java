package dev.sluice.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one HTTP/2 connection on their way to its outlet: from handlers, each on its own
 * thread, from viewers, and from the codec ({@link H2Controls}).
 *
 * <p>Who holds the lock puts whole frames behind one another into one buffer, and writes it. What
 * the outlet does not take stays in there, and so long nobody else puts anything in: at most one
 * buffer waits.
 *
 * <p>Thread safety: methods need the lock, but those that say otherwise.
 */
final class H2Output {
  /** Which no client may refuse (RFC 9113 section 4.2). */
  static final int PAYLOAD_BYTES_MAX = 16 * 1024;

  static final int FRAME_HEAD_BYTES = 9;
  static final int BUFFER_BYTES = 4 * (FRAME_HEAD_BYTES + PAYLOAD_BYTES_MAX);

  /** Most of what is sent is small, and thousands of connections may have some at a time. */
  private static final BufferStack SMALL = new BufferStack(4 * 1024, 4 * 1024);

  /** As many as connections may have at a time whose viewers all get an event: 16 MiB. */
  private static final BufferStack LARGE = new BufferStack(BUFFER_BYTES, 256);

  private final ReentrantLock lock = new ReentrantLock();
  private final DirectChannel channel;
  private final Runnable onWritable;
  private final Runnable sendLater = this::sendNow;
  private @Nullable H2Controls controls;

  /** What has been put in; while it is full, what is left of that to write. */
  private @Nullable ByteBuffer buffer;

  private boolean full;
  private boolean later;
  private long moved;
  private boolean closed;
  private int open;

  /**
   * The output of a connection.
   *
   * @param onWritable run on the loop when it takes frames again
   */
  H2Output(DirectChannel channel, Runnable onWritable) {
    this.channel = channel;
    this.onWritable = onWritable;
  }

  /** What the codec has to say comes first when there is room again. */
  void controls(H2Controls first) {
    controls = first;
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  /** One response more, or one less, that has not ended. With the lock. */
  void addOpen(int more) {
    open += more;
  }

  /** How many responses have not ended. Any thread. */
  int open() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the outlet has taken less than it was given. Any thread. */
  boolean isFull() {
    lock.lock();
    try {
      return full;
    } finally {
      lock.unlock();
    }
  }

  /** Whether everything has been given to the operating system. Any thread. */
  boolean drained() {
    lock.lock();
    try {
      return buffer == null && channel.outlet().drained();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Where to put a frame with so much payload at the most; null if it has to wait. With the lock.
   *
   * @throws IOException if the connection is closed
   */
  @Nullable ByteBuffer room(int payload) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    int needed = FRAME_HEAD_BYTES + payload;
    if (buffer != null && buffer.position() + needed > BUFFER_BYTES) {
      send();
    }
    if (full) {
      return null;
    }
    ByteBuffer room = buffer;
    if (room == null) {
      room = take(needed);
    } else if (room.remaining() < needed) {
      ByteBuffer small = room.flip();
      room = take(small.limit() + needed).put(small);
      giveBack(small);
    }
    buffer = room;
    return room;
  }

  private static ByteBuffer take(int bytes) {
    if (bytes > BUFFER_BYTES) {
      return ByteBuffer.allocate(bytes);
    }
    return bytes > SMALL.bytes() ? LARGE.take() : SMALL.take();
  }

  private static void giveBack(ByteBuffer empty) {
    SMALL.give(empty);
    LARGE.give(empty);
  }

  /** Writes what was put in. With the lock. */
  void send() throws IOException {
    if (buffer != null && !full && !closed) {
      sendRest(buffer.flip());
    }
  }

  private void sendRest(ByteBuffer bytes) throws IOException {
    try {
      int taken = channel.outlet().write(bytes);
      moved += taken > 0 || channel.outlet().moved() ? 1 : 0;
    } catch (IOException e) {
      closed = true;
      post(() -> channel.pipeline().fireExceptionCaught(e));
      throw e;
    }
    if (!bytes.hasRemaining()) {
      buffer = null;
      giveBack(bytes);
    }
    full = buffer != null || !channel.outlet().drained();
    if (full) {
      post(() -> channel.outlet().whenWritable(this::onOutletWritable));
    }
  }

  /** Grows as the outlet takes bytes. Any thread. */
  long moved() {
    lock.lock();
    try {
      return moved;
    } finally {
      lock.unlock();
    }
  }

  /** Writes what was put in when the loop has done what it is at. With the lock, on the loop. */
  void sendLater() {
    if (!later && buffer != null) {
      later = true;
      post(sendLater);
    }
  }

  /** Writes what was put in. */
  void sendNow() {
    lock.lock();
    try {
      later = false;
      send();
    } catch (IOException e) {
      // The pipeline is told.
    } finally {
      lock.unlock();
    }
  }

  private void onOutletWritable() {
    boolean writable;
    lock.lock();
    try {
      full = false;
      moved++;
      if (buffer != null) {
        sendRest(buffer);
      }
      if (controls != null) {
        controls.put(); // before anyone else: what the codec acknowledges goes before its effects
      }
      send();
      writable = !full;
    } catch (IOException e) {
      return; // the pipeline is told
    } finally {
      lock.unlock();
    }
    if (writable) {
      onWritable.run();
    }
  }

  /** The connection is closed: nothing more is taken. */
  void closed() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
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
