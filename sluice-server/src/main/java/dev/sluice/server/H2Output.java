package dev.sluice.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one HTTP/2 connection on their way to its outlet: from handlers, each on its own
 * thread, from viewers, and from the codec ({@link H2Controls}).
 *
 * <p>Who has the lock puts whole frames behind one another into one buffer. Who then sends takes
 * the buffer away and writes it without the lock; meanwhile others put their frames into the next
 * one, and leave them to the one that is sending: streams that are flushed at the same time share
 * system calls, and nobody waits for another's. What the outlet does not take stays, and so long
 * nobody puts anything in: at most two buffers wait.
 *
 * <p>Thread safety: methods need the lock, but those that say otherwise.
 */
final class H2Output {
  /** Which no client may refuse (RFC 9113 section 4.2). */
  static final int PAYLOAD_BYTES_MAX = 16 * 1024;

  static final int FRAME_HEAD_BYTES = 9;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** How often one that sends goes on with what others have put in meanwhile. */
  private static final int ROUNDS_MAX = 4;

  private final ReentrantLock lock = new ReentrantLock();
  private final DirectChannel channel;
  private final Runnable onWritable;
  private final Runnable sendLater = this::sendNow;

  /** What has been put in. */
  private @Nullable ByteBuffer buffer;

  /** What the outlet has not taken of the buffer before. */
  private @Nullable ByteBuffer rest;

  /** Whether somebody writes, without the lock. */
  private boolean sending;

  /** Whether the outlet has taken less than it was given. */
  private boolean full;

  /** Whether there was no room because somebody is sending. */
  private boolean crowded;

  /** Whether there was no room, and sending makes some. */
  private boolean brims;

  /** Whether the codec waits for room: it comes before the others. */
  private boolean reserved;

  /** Whether the loop wants to know when who is sending has done so. */
  private boolean awaited;

  private boolean later;
  private long moved;

  /** How many buffers have been taken away to be written, and how many of them wholly were. */
  private long begun;

  private long done;
  private boolean closed;

  /**
   * The output of a connection.
   *
   * @param onWritable run on the loop when it takes frames again
   */
  H2Output(DirectChannel channel, Runnable onWritable) {
    this.channel = channel;
    this.onWritable = onWritable;
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  /** Whether frames have to wait until the loop says that they need not. Any thread. */
  boolean isFull() {
    lock.lock();
    try {
      return full || crowded || reserved;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it takes nothing, the codec's neither. With the lock. */
  boolean takesNothing() {
    return full || crowded;
  }

  /** Whether everything has been given to the operating system. Any thread. */
  boolean drained() {
    lock.lock();
    try {
      return isDone(current());
    } finally {
      lock.unlock();
    }
  }

  /** The number of the buffer that a frame was put into last. With the lock. */
  long current() {
    return begun + (buffer == null ? 0 : 1);
  }

  /**
   * Whether a buffer has been given to the operating system; the loop is told once it has. With the
   * lock.
   */
  boolean isDone(long number) {
    awaited |= done < number;
    return done >= number;
  }

  /** Takes nothing any more if everything has been given to the operating system. Any thread. */
  boolean closeIfDrained() {
    lock.lock();
    try {
      boolean drained = drained();
      closed |= drained;
      return drained;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Where to put a frame with so much payload at the most; null if it has to wait, for a call of
   * {@link #send} if the output {@linkplain #brims brims}. With the lock.
   *
   * @throws IOException if the connection is closed
   */
  @Nullable ByteBuffer room(int payload) throws IOException {
    return reserved ? null : roomFirst(payload);
  }

  /** Keeps the others out until there has been room for the codec. With the lock. */
  @Nullable ByteBuffer roomForCodec(int payload) throws IOException {
    ByteBuffer room = roomFirst(payload);
    reserved = room == null;
    return room;
  }

  private @Nullable ByteBuffer roomFirst(int payload) throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (full || crowded) {
      return null;
    }
    int needed = FRAME_HEAD_BYTES + payload;
    ByteBuffer room = buffer;
    if (room == null) {
      room = FrameBuffers.take(needed);
    } else if (room.position() + needed > FrameBuffers.BYTES) {
      brims = !sending;
      crowded = sending;
      awaited |= sending;
      return null;
    } else if (room.remaining() < needed) {
      room = FrameBuffers.grow(room, needed);
    }
    buffer = room;
    return room;
  }

  /** Whether there was no room, but is as soon as what is in there is sent. With the lock. */
  boolean brims() {
    return brims;
  }

  /**
   * Writes what was put in, unless somebody is doing so: then that one does. With the lock, which
   * is let go of meanwhile: the caller's state may be another then.
   */
  void send() throws IOException {
    if (sending) {
      return;
    }
    sending = true;
    brims = false;
    try {
      for (int i = 0; !full && !closed && (rest != null || buffer != null); i++) {
        if (i == ROUNDS_MAX) {
          post(sendLater); // a handler has better to do than to write for others
          break;
        }
        sendNext();
      }
    } finally {
      sending = false;
      if (awaited && !full) {
        awaited = false;
        post(onWritable);
      }
    }
  }

  private void sendNext() throws IOException {
    ByteBuffer bytes = rest;
    if (bytes == null) {
      bytes = Objects.requireNonNull(buffer).flip();
      buffer = null;
      begun++;
      crowded = false;
    }
    Outlet outlet = channel.outlet();
    boolean taken;
    lock.unlock();
    try {
      taken = outlet.write(bytes) > 0;
    } catch (IOException | RuntimeException | Error e) {
      failed(e); // whatever it is: there must be no frame behind those that are missing
      throw e;
    } finally {
      lock.lock();
    }
    moved += taken || outlet.moved() ? 1 : 0;
    rest = bytes.hasRemaining() ? bytes : null;
    if (rest == null) {
      FrameBuffers.give(bytes);
    }
    full = rest != null || !outlet.drained();
    if (full) {
      post(() -> outlet.whenWritable(this::onOutletWritable));
    } else {
      done = begun;
    }
  }

  /** Without the lock. */
  private void failed(Throwable e) {
    closed();
    post(() -> {
      if (channel.isActive()) { // or else everyone has been told
        channel.pipeline().fireExceptionCaught(e instanceof IOException ? e : new IOException(e));
      }
    });
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
    lock.lock();
    try {
      moved++;
    } finally {
      lock.unlock();
    }
    goOn();
  }

  /**
   * Tries again what the outlet has not taken. The kernel calls a socket writable when a good part
   * of its buffer is free; a slow client that is alive shows itself earlier, by this. On the loop.
   */
  void retry() {
    lock.lock();
    try {
      if (!full) {
        return;
      }
      if (rest == null) {
        rest = NOTHING.duplicate(); // the outlet has it
      }
    } finally {
      lock.unlock();
    }
    goOn();
  }

  private void goOn() {
    boolean writable;
    lock.lock();
    try {
      if (!full) {
        return; // a retry came first, and others may be sending
      }
      full = false;
      done = rest == null ? begun : done;
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
